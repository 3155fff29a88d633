package ws

import "fmt"

// maxMessage bounds what a compressed message may hold, in bytes on the wire: far more than a load
// lets a server collect.
const maxMessage = 64 << 20

// Decoder takes apart the frames of a server, cut anywhere. Its zero value, with Data set, is at
// the start of a stream.
type Decoder struct {
	// Data receives the payload of messages, in order. Where messages begin and end has no
	// meaning to NATS and is not told.
	Data func([]byte) error
	// Control receives ping, pong and close frames; nil ignores them.
	Control func(Opcode, []byte) error
	// Wanted is asked at the beginning of every compressed message whether Data is to receive it;
	// nil wants all.
	Wanted func() bool

	head    [maxHeader]byte // a header that has not come whole
	headLen int
	frame   header
	left    uint64 // bytes of the frame's payload that have not come
	open    bool   // a message has begun and not ended
	ended   int    // messages that have ended

	packed  bool // the open message is compressed
	skipped bool // and nobody wants it
	control []byte
	message []byte // what has come of a compressed message
}

// Feed takes the next bytes of the stream.
func (d *Decoder) Feed(chunk []byte) error {
	for len(chunk) > 0 {
		if d.left == 0 {
			n, err := d.begin(chunk)
			if err != nil {
				return err
			}
			chunk = chunk[n:]
			continue
		}
		part := chunk[:min(uint64(len(chunk)), d.left)]
		chunk = chunk[len(part):]
		d.left -= uint64(len(part))
		if err := d.payload(part); err != nil {
			return err
		}
		if d.left == 0 {
			if err := d.end(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Pending reports whether the stream stands in the middle of something.
func (d *Decoder) Pending() bool { return d.headLen > 0 || d.left > 0 || d.open }

// Messages returns how many messages have come whole.
func (d *Decoder) Messages() int { return d.ended }

// begin takes what belongs to a header, and returns its length in chunk.
func (d *Decoder) begin(chunk []byte) (int, error) {
	before := d.headLen
	d.headLen += copy(d.head[before:], chunk)
	h, n, err := parseHeader(d.head[:d.headLen])
	switch {
	case err != nil:
		return 0, err
	case n == 0:
		return d.headLen - before, nil
	}
	d.headLen = 0
	d.frame, d.left = h, h.length
	if h.op < Close {
		if err := d.beginData(); err != nil {
			return 0, err
		}
	}
	if d.left == 0 {
		return n - before, d.end()
	}
	return n - before, nil
}

func (d *Decoder) beginData() error {
	if d.open != (d.frame.op == Continuation) {
		return fmt.Errorf("%w: opcode %d while a message is open: %t", ErrFrame, d.frame.op, d.open)
	}
	if !d.open {
		d.open = true
		d.packed = d.frame.compressed
		d.skipped = d.packed && d.Wanted != nil && !d.Wanted()
	}
	return nil
}

func (d *Decoder) payload(part []byte) error {
	switch {
	case d.frame.op >= Close:
		d.control = append(d.control, part...)
	case !d.packed:
		return d.Data(part)
	case d.skipped:
	case len(d.message)+len(part) > maxMessage:
		return fmt.Errorf("%w: compressed message of more than %d bytes", ErrFrame, maxMessage)
	default:
		d.message = append(d.message, part...)
	}
	return nil
}

// end is called when the payload of a frame is complete.
func (d *Decoder) end() error {
	if d.frame.op >= Close {
		payload := d.control
		d.control = d.control[:0]
		if d.Control == nil {
			return nil
		}
		return d.Control(d.frame.op, payload)
	}
	if !d.frame.fin {
		return nil
	}
	d.open = false
	d.ended++
	if !d.packed || d.skipped || len(d.message) == 0 {
		return nil
	}
	message := d.message
	d.message = d.message[:0]
	return inflate(message, d.Data)
}
