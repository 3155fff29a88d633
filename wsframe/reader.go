package wsframe

import "unicode/utf8"

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
	n, err = r.next(&p, nil, b, false)
	return p, n, err
}

// NextTo is Next that leaves b alone: payload of messages goes to dst, unmasked
// by the copy, and no more of it is taken than dst has room for. If dst is empty
// and payload would be next it returns [KindNothing] with n < len(b).
func (r *Reader) NextTo(dst, b []byte) (p Piece, n int, err error) {
	n, err = r.next(&p, dst, b, true)
	return p, n, err
}

// next is Next, or NextTo if copying. p is zero, and stays so if there is no
// piece. It is a pointer, and Next short enough to be inlined, because returning
// a Piece through one more function costs as much as finding it.
func (r *Reader) next(p *Piece, dst, b []byte, copying bool) (n int, err error) {
	head, n := r.whole(b)
	if n == 0 || copying && n-head > len(dst) {
		return r.part(p, dst, b, copying)
	}
	payload := b[head:n:n]
	if copying {
		payload = dst[: n-head : n-head]
	}
	switch {
	case b[1]&bitMask != 0:
		xor(payload, b[head:n], word([4]byte(b[head-4:]), 0))
	case copying:
		copy(payload, b[head:n])
	}
	p.Kind, p.Opcode, p.Payload = KindData, Opcode(b[0]&lowOpcode), payload
	p.First, p.Last, p.Compressed = true, true, b[0]&bitRSV1 != 0
	if r.rules.CheckUTF8 && p.Opcode == Text && !p.Compressed && !utf8.Valid(payload) {
		return n, r.fail(p, errTextUTF8)
	}
	return n, nil
}

// whole finds where payload begins and ends if b begins with what most peers
// send most of the time: a frame that is a message, shorter than 64 KiB, and all
// there. Nothing of it has to be remembered, so the state of r stays as it is.
// Whatever is not so, or not allowed, is left to part, and end is 0.
func (r *Reader) whole(b []byte) (head, end int) {
	if len(b) < 6 || r.state != stateHeader || r.nheld != 0 || r.message.open {
		return 0, 0
	}
	op := b[0] &^ (bitFin | bitRSV1) // with RSV2 and RSV3, which must be clear
	if b[0]&bitFin == 0 || op != byte(Binary) && op != byte(Text) || b[0]&bitRSV1 != 0 && !r.rules.Compression {
		return 0, 0
	}
	masked := b[1]&bitMask != 0
	if masked == r.rules.FromServer && !r.rules.MaskOptional {
		return 0, 0
	}
	length := int(b[1] & lowLength)
	head = 2
	switch length {
	case length16:
		head, length = 4, int(b[2])<<8|int(b[3])
	case length64:
		return 0, 0
	}
	if most := r.rules.MaxMessage; most > 0 && uint64(length) > most {
		return 0, 0
	}
	if masked {
		head += 4
	}
	if end = head + length; end > len(b) {
		return 0, 0
	}
	return head, end
}

// part is next for everything else.
func (r *Reader) part(p *Piece, dst, b []byte, copying bool) (n int, err error) {
	switch r.state {
	case stateClosed:
		return len(b), nil
	case stateFailed:
		return 0, r.err
	}
	for {
		if r.state == stateHeader {
			size, fail := r.header(b[n:])
			n += size
			if fail != nil {
				return n, r.fail(p, fail)
			}
			if r.state == stateHeader {
				return n, nil
			}
		}
		var took int
		var fail *Error
		if r.control {
			took, fail = r.takeControl(p, b[n:], copying)
		} else {
			took, fail = r.takeData(p, dst, b[n:], copying)
		}
		n += took
		if fail != nil {
			return n, r.fail(p, fail)
		}
		if p.Kind != KindNothing || r.state == statePayload {
			return n, nil
		}
	}
}

func (r *Reader) fail(p *Piece, err *Error) *Error {
	*p = Piece{}
	r.state, r.err = stateFailed, err
	return err
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
