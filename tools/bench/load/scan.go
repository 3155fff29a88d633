package load

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrDesync means that a message did not start where the one before it ended.
var ErrDesync = errors.New("stream out of step")

// pingLen is the length of both lines that may stand between messages, PING and PONG.
const pingLen = 6

// Format describes the messages that a subscriber expects: all of one length.
type Format struct {
	Head    string // start of the MSG line, or all of it where it never changes
	HeadLen int    // length of the MSG line with its CRLF
	Ordered bool   // sequence numbers run without a gap from zero
	Last    int64  // sequence number of the last message, which is verified in full

	content content // what the payloads are
}

// len returns the length of a whole message.
func (f Format) len() int { return f.HeadLen + f.content.size() + 2 }

// Scanner counts messages in the byte stream of a subscriber, looking at one byte of each.
type Scanner struct {
	format Format
	size   int    // length of a message
	skip   int    // bytes left of the current message or PING
	in     bool   // skip belongs to a message
	seq    int64  // messages started
	whole  []byte // collects a message to verify in full; empty when there is none
}

// NewScanner returns a scanner at the start of a stream of such messages.
func NewScanner(f Format) *Scanner {
	return &Scanner{format: f, size: f.len(), whole: make([]byte, 0, f.len())}
}

// Feed takes the next bytes of the stream, cut anywhere. It returns how many messages they
// complete, and the offset of a message whose line and stamp lie in them as a whole, or -1.
func (s *Scanner) Feed(chunk []byte) (done, sample int, err error) {
	sample = -1
	sampleEnd := len(chunk) - s.format.HeadLen - s.format.content.stampSize()
	for at := 0; at < len(chunk); {
		if s.skip > 0 {
			n := min(s.skip, len(chunk)-at)
			finished, err := s.advance(chunk[at : at+n])
			if err != nil {
				return done, sample, err
			}
			done += finished
			at += n
			continue
		}
		switch chunk[at] {
		case 'M':
			if sample < 0 && at <= sampleEnd {
				sample = at
				if err := s.check(chunk[at:]); err != nil {
					return done, sample, err
				}
			}
			n := s.hop(chunk[at:])
			done += n
			at += n * s.size
			if n == 0 {
				s.start()
			}
		case 'P':
			s.skip, s.in = pingLen, false
		default:
			return done, sample, fmt.Errorf("%w: %.60q after %d messages", ErrDesync, chunk[at:], s.seq)
		}
	}
	return done, sample, nil
}

// hop passes over the messages at the start of b that lie in it as a whole and need no more than
// to be counted. This is where a subscriber spends its time.
func (s *Scanner) hop(b []byte) (n int) {
	if s.seq == 0 {
		return 0
	}
	size := s.size
	most := len(b) / size
	if left := s.format.Last - s.seq; left >= 0 {
		most = int(min(int64(most), left))
	}
	for n < most && b[n*size] == 'M' {
		n++
	}
	s.seq += int64(n)
	return n
}

// start begins a message.
func (s *Scanner) start() {
	s.skip, s.in = s.size, true
	s.seq++
}

// advance takes bytes of the current message or PING and reports whether they end a message.
func (s *Scanner) advance(part []byte) (finished int, err error) {
	s.skip -= len(part)
	if !s.in {
		return 0, nil
	}
	seq := s.seq - 1
	verify := seq == 0 || seq == s.format.Last
	if verify {
		s.whole = append(s.whole, part...)
	}
	if s.skip > 0 {
		return 0, nil
	}
	if verify {
		err = s.verify(s.whole)
		s.whole = s.whole[:0]
	}
	return 1, err
}

// check looks at the line and the sequence number of the message that begins with b and is about
// to be started.
func (s *Scanner) check(b []byte) error {
	if !bytes.HasPrefix(b, []byte(s.format.Head)) || b[s.format.HeadLen-1] != '\n' {
		return fmt.Errorf("%w: message line %.60q, expected %q", ErrDesync, b, s.format.Head)
	}
	if _, seq := s.format.content.stampOf(b[s.format.HeadLen:]); s.format.Ordered && seq != s.seq {
		return fmt.Errorf("message %d arrived where %d was expected", seq, s.seq)
	}
	return nil
}

// verify compares a whole message with what was published.
func (s *Scanner) verify(msg []byte) error {
	head, body := msg[:s.format.HeadLen], msg[s.format.HeadLen:]
	payload, end := body[:len(body)-2], body[len(body)-2:]
	switch {
	case !bytes.HasPrefix(head, []byte(s.format.Head)), !bytes.HasSuffix(head, []byte("\r\n")):
		return fmt.Errorf("%w: message line %.60q", ErrDesync, head)
	case !matches(s.format.content, payload, s.seq-1):
		return fmt.Errorf("payload of message %d differs from what was published", s.seq-1)
	case string(end) != "\r\n":
		return fmt.Errorf("%w: message %d ends in %q", ErrDesync, s.seq-1, end)
	}
	return nil
}

// stampOf returns the time of writing in the message at the start of b.
func (s *Scanner) stampOf(b []byte) int64 {
	now, _ := s.format.content.stampOf(b[s.format.HeadLen:])
	return now
}
