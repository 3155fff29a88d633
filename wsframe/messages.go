package wsframe

import (
	"errors"
	"unicode/utf8"
)

// Inflater takes the contents of a compressed message to sink, in pieces that
// are valid until sink returns, and stops with the error that sink returns.
// limit is how long they may be; it is negative here, because whoever calls it
// counts. deflate.InflateTo is one.
type Inflater func(message []byte, limit int, sink func([]byte) error) error

// Messages is a [Reader] for whoever wants whole messages: it puts fragments
// together and inflates what is compressed. It holds one message at most, and
// memory for what has come of it, not for what was announced. Without compression
// a message that comes whole in one buffer is not copied.
type Messages struct {
	reader  Reader
	limit   int
	inflate Inflater
	held    []byte // the message so far, as it came
	out     []byte // a message inflated
	sink    func([]byte) error
}

// keep is how much memory Messages keeps from one message for the next.
const keep = 64 << 10

// NewMessages returns a Messages that refuses messages longer than limit once
// they are inflated; 0 is no limit. If rules do not say how long a message may be
// before that it is derived from limit. inflate is needed only where rules allow
// compression; without one they do not.
func NewMessages(rules Rules, limit int, inflate Inflater) *Messages {
	rules.Compression = rules.Compression && inflate != nil
	if limit > 0 && rules.MaxMessage == 0 {
		rules.MaxMessage = uint64(limit)
		if rules.Compression { // which makes some messages longer
			rules.MaxMessage = 2*uint64(limit) + 1<<10
		}
	}
	m := &Messages{limit: limit, inflate: inflate}
	m.reader.Reset(rules)
	m.sink = m.inflated
	return m
}

// Next is [Reader.Next] but for data: a piece is a whole message, that is First
// and Last are set, and Payload is what the sender meant. Compressed tells how it
// came. It goes on within b until it has one, or a control frame, or has taken
// all of b. Payload is part of b or valid until the next call.
func (m *Messages) Next(b []byte) (p Piece, n int, err error) {
	for {
		p, k, err := m.reader.Next(b[n:])
		n += k
		if err != nil || p.Kind != KindData {
			return p, n, err
		}
		whole, fail := m.add(&p)
		if fail != nil {
			return Piece{}, n, m.reader.fail(&p, fail)
		}
		if whole {
			return p, n, nil
		}
		if n == len(b) {
			return Piece{}, n, nil
		}
	}
}

// add takes a piece of a message. If it is the last, p becomes the message.
func (m *Messages) add(p *Piece) (whole bool, err *Error) {
	if p.First {
		m.held, m.out = emptied(m.held), emptied(m.out)
	}
	if !p.Compressed && m.tooLong(len(m.held)+len(p.Payload)) {
		return false, errMessageSize
	}
	if !p.First || !p.Last {
		m.held = append(m.held, p.Payload...)
		p.Payload = m.held
	}
	if !p.Last {
		return false, nil
	}
	p.First = true
	if p.Compressed {
		return true, m.inflateTo(p)
	}
	return true, nil
}

func (m *Messages) inflateTo(p *Piece) *Error {
	if err := m.inflate(p.Payload, -1, m.sink); err != nil {
		var known *Error
		if errors.As(err, &known) {
			return known
		}
		return &Error{StatusInvalidPayload, err.Error()}
	}
	p.Payload = m.out
	if m.reader.rules.CheckUTF8 && p.Opcode == Text && !utf8.Valid(p.Payload) {
		return errTextUTF8
	}
	return nil
}

// inflated is the sink of the inflater.
func (m *Messages) inflated(b []byte) error {
	if m.tooLong(len(m.out) + len(b)) {
		return errMessageSize
	}
	m.out = append(m.out, b...)
	return nil
}

func (m *Messages) tooLong(n int) bool { return m.limit > 0 && n > m.limit }

// emptied is b for the next message. One long message does not cost memory for
// as long as the connection lives.
func emptied(b []byte) []byte {
	if cap(b) > keep {
		return nil
	}
	return b[:0]
}
