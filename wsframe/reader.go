package wsframe

// Rules is what the frames of a connection must keep to. The zero value is for
// a server that reads from a client: frames are masked, not compressed, and as
// long as they like.
type Rules struct {
	// FromServer reads what a server sent: frames are not masked.
	FromServer bool
	// MaskOptional takes masked frames as well as others.
	MaskOptional bool
	// Compression allows compressed messages: permessage-deflate was agreed.
	Compression bool
	// CheckUTF8 refuses text messages that are not UTF-8 at the first byte that
	// is wrong. A compressed one has to be checked by whoever inflates it, see
	// [UTF8].
	CheckUTF8 bool
	// MaxMessage is how many bytes of payload the frames of one message may
	// announce together, before they are inflated. 0 is no limit.
	MaxMessage uint64
	// MaxFragments is how many frames one message may have, empty ones
	// included. 0 is no limit.
	MaxFragments int
}

// Reader takes apart the bytes that one peer sends. It holds the few bytes of a
// header or a control frame that were cut off by the end of a buffer and
// nothing else: payload goes through as it comes, so a length that a peer only
// announces costs nothing.
//
// The zero value reads what clients send; [Reader.Reset] sets other rules.
type Reader struct {
	rules Rules
	err   *Error // what ended it
	state state

	// The frame whose payload is being read.
	left    uint64 // bytes of payload still to come
	key     [4]byte
	masked  bool
	fin     bool
	control bool
	op      Opcode // of the frame if it is a control frame
	phase   uint8

	// The message that the last data frame belongs to.
	message message

	// held are the bytes kept between calls: of a header while in stateHeader,
	// of a control frame's payload while in statePayload. The same array does
	// for both because they never overlap in time.
	held  [MaxControl]byte
	nheld uint8
}

type state uint8

const (
	stateHeader  state = iota // at the beginning of a frame or within its header
	statePayload              // behind a header
	stateClosed               // behind a close frame: nothing that follows counts
	stateFailed               // err says why
)

// message is what a Reader remembers from one frame of a message to the next.
type message struct {
	open       bool // no frame was final yet
	began      bool // a piece with First was handed out
	compressed bool
	op         Opcode
	fragments  int
	announced  uint64 // bytes of payload, all frames so far
	text       UTF8
}

// NewReader returns a Reader with rules.
func NewReader(rules Rules) *Reader { return &Reader{rules: rules} }

// Reset makes r ready for another connection.
func (r *Reader) Reset(rules Rules) { *r = Reader{rules: rules} }

// Next reads the next piece from b: at most one header, and of its payload what
// b holds. n is how much of b it took. Payload is unmasked in place, so b
// belongs to the caller again once the piece was used.
//
// The error is an [*Error] that says what to tell the peer. It stays: whatever
// is read after it gives the same.
func (r *Reader) Next(b []byte) (p Piece, n int, err error) {
	return r.next(nil, b, false)
}

// NextTo is Next that leaves b alone: payload of messages goes to dst, unmasked
// by the copy, and no more of it is taken than dst has room for. If dst is empty
// and payload would be next it returns [KindNothing] with n < len(b).
func (r *Reader) NextTo(dst, b []byte) (p Piece, n int, err error) {
	return r.next(dst, b, true)
}

func (r *Reader) next(dst, b []byte, copying bool) (p Piece, n int, err error) {
	switch r.state {
	case stateClosed:
		return Piece{}, len(b), nil
	case stateFailed:
		return Piece{}, 0, r.err
	}
	for {
		if r.state == stateHeader {
			size, fail := r.header(b[n:])
			n += size
			if fail != nil {
				return Piece{}, n, r.fail(fail)
			}
			if r.state == stateHeader {
				return Piece{}, n, nil
			}
		}
		var took int
		var fail *Error
		if r.control {
			took, fail = r.takeControl(&p, b[n:], copying)
		} else {
			took, fail = r.takeData(&p, dst, b[n:], copying)
		}
		n += took
		if fail != nil {
			return Piece{}, n, r.fail(fail)
		}
		if p.Kind != KindNothing || r.state == statePayload {
			return p, n, nil
		}
	}
}

func (r *Reader) fail(err *Error) *Error {
	r.state, r.err = stateFailed, err
	return err
}

// header reads a header from b, or keeps what b has of it.
func (r *Reader) header(b []byte) (n int, err *Error) {
	if r.nheld == 0 {
		size, err := r.begin(b)
		if size > 0 || err != nil {
			return size, err
		}
		r.nheld = uint8(copy(r.held[:], b))
		return len(b), nil
	}
	for _, c := range b {
		r.held[r.nheld] = c
		r.nheld++
		n++
		size, err := r.begin(r.held[:r.nheld])
		if err != nil {
			return n, err
		}
		if size > 0 {
			r.nheld = 0
			break
		}
	}
	return n, nil
}

// begin begins the frame whose header b starts with; size is 0 if some of it is
// missing. Then only what there is was checked and nothing changed, and the
// checks stand in the order of the bytes: so a peer reads the same complaint
// however its bytes are cut, and as early as can be.
func (r *Reader) begin(b []byte) (size int, err *Error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := r.checkReserved(b[0]); err != nil {
		return 0, err
	}
	if len(b) == 1 {
		return 0, nil
	}
	masked := b[1]&bitMask != 0
	if masked == r.rules.FromServer && !r.rules.MaskOptional {
		if masked {
			return 0, errMasked
		}
		return 0, errUnmasked
	}
	if err := r.checkOpcode(b[0], b[1]&lowLength); err != nil {
		return 0, err
	}
	length, end, err := payloadLength(b)
	if err != nil {
		return 0, err
	}
	if end > len(b) {
		return 0, nil
	}
	op := Opcode(b[0] & lowOpcode)
	if err := r.checkLimits(op, length); err != nil {
		return 0, err
	}
	if masked {
		end += 4
		if end > len(b) {
			return 0, nil
		}
		r.key, r.phase = [4]byte(b[end-4:]), 0
	}
	r.masked, r.left, r.state = masked, length, statePayload
	r.control = op.IsControl()
	if r.control {
		r.op = op
	} else {
		r.beginData(b[0], op, length)
	}
	return end, nil
}

func (r *Reader) beginData(b0 byte, op Opcode, length uint64) {
	if op != Continuation {
		r.message = message{op: op, compressed: b0&bitRSV1 != 0}
	}
	r.fin = b0&bitFin != 0
	r.message.open = !r.fin
	r.message.fragments++
	r.message.announced += length
}

func (r *Reader) checkReserved(b0 byte) *Error {
	if b0&(bitRSV2|bitRSV3) != 0 {
		return errReserved
	}
	if b0&bitRSV1 != 0 && !r.rules.Compression {
		return errNotNegotiated
	}
	return nil
}

func (r *Reader) checkOpcode(b0, length byte) *Error {
	switch op := Opcode(b0 & lowOpcode); op {
	case Continuation:
		if !r.message.open || b0&bitRSV1 != 0 {
			return errContinuation
		}
	case Text, Binary:
		if r.message.open {
			return errInterleaved
		}
	case Close, Ping, Pong:
		switch {
		case length > MaxControl:
			return errControlLength
		case b0&bitFin == 0:
			return errControlFragment
		case b0&bitRSV1 != 0:
			return errControlRSV1
		}
	default:
		return errOpcode(op)
	}
	return nil
}

// checkLimits compares what the message would have with this frame to what it
// may have.
func (r *Reader) checkLimits(op Opcode, length uint64) *Error {
	if op.IsControl() {
		return nil
	}
	var announced uint64
	var fragments int
	if op == Continuation {
		announced, fragments = r.message.announced, r.message.fragments
	}
	if most := r.rules.MaxMessage; most > 0 && length > most-announced {
		return errMessageSize
	}
	if most := r.rules.MaxFragments; most > 0 && fragments >= most {
		return errFragments
	}
	return nil
}

// takeData takes what b holds of a data frame's payload.
func (r *Reader) takeData(p *Piece, dst, b []byte, copying bool) (n int, err *Error) {
	n = atMost(r.left, len(b))
	var payload []byte
	if copying {
		n = min(n, len(dst))
		payload = dst[:n:n]
		r.unmaskTo(payload, b[:n])
	} else {
		payload = b[:n:n]
		if r.masked {
			r.phase = uint8(Mask(payload, r.key, int(r.phase)))
		}
	}
	r.left -= uint64(n)
	if r.left == 0 {
		r.state = stateHeader
	}
	m := &r.message
	first, last := !m.began, r.left == 0 && r.fin
	if n == 0 && (r.left > 0 || !first && !last) {
		return 0, nil
	}
	if r.rules.CheckUTF8 && m.op == Text && !m.compressed {
		if !m.text.Feed(payload) || last && !m.text.Complete() {
			return n, errTextUTF8
		}
	}
	m.began = true
	p.Kind, p.Opcode, p.Payload = KindData, m.op, payload
	p.First, p.Last, p.Compressed = first, last, m.compressed
	return n, nil
}

// takeControl takes what b holds of a control frame's payload, and keeps it
// until there is all of it.
func (r *Reader) takeControl(p *Piece, b []byte, copying bool) (n int, err *Error) {
	n = atMost(r.left, len(b))
	r.left -= uint64(n)
	payload := b[:n:n]
	if copying || r.nheld > 0 || r.left > 0 {
		end := int(r.nheld) + n
		r.unmaskTo(r.held[r.nheld:end], payload)
		r.nheld = uint8(end)
		payload = r.held[:end:end]
	} else if r.masked {
		Mask(payload, r.key, 0)
	}
	if r.left > 0 {
		return n, nil
	}
	r.nheld, r.state = 0, stateHeader
	p.Opcode, p.Payload = r.op, payload
	switch r.op {
	case Ping:
		p.Kind = KindPing
	case Pong:
		p.Kind = KindPong
	case Close:
		p.Kind, r.state = KindClose, stateClosed
		p.Code, p.Reason, err = parseClose(payload)
	}
	return n, err
}

// unmaskTo copies src, the next of the frame's payload, to dst.
func (r *Reader) unmaskTo(dst, src []byte) {
	if r.masked {
		r.phase = uint8(MaskTo(dst, src, r.key, int(r.phase)))
	} else {
		copy(dst, src)
	}
}

// atMost is left, but no more than have. It compares before it converts: left
// is what a peer announced.
func atMost(left uint64, have int) int {
	if left < uint64(have) {
		return int(left)
	}
	return have
}
