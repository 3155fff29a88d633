package handshake

import (
	"errors"
	"io"
	"iter"
	"strings"
)

// Reply is the head of a server's answer as plain values.
type Reply struct {
	// Status is three digits, and Text is what the server wrote behind them.
	Status int
	Text   string
	// Fields are the header lines in the order in which they came.
	Fields []Field
}

// Header returns the value of the first line called name, or "". Names have no
// case.
func (r *Reply) Header(name string) string {
	for v := range r.Values(name) {
		return v
	}
	return ""
}

// Values returns the values of all lines called name.
func (r *Reply) Values(name string) iter.Seq[string] {
	return fieldValues(r.Fields, name)
}

// What is wrong with bytes that are no answer of an HTTP server.
var (
	ErrMalformedReply = errors.New("malformed HTTP response")
	ErrReplyTooLarge  = errors.New("HTTP response head too large")
)

// ParseReply parses the head of one HTTP/1.x response at the beginning of b
// within the default limits. See [Limits.ParseReply].
func ParseReply(b []byte) (r Reply, n int, err error) {
	return Limits{}.ParseReply(b)
}

// ParseReply parses the head of one HTTP/1.x response at the beginning of b. It
// returns how many bytes the head takes; b[n:] is what the server sent after
// it. With n == 0 and no error the head is incomplete. The reply does not refer
// to b.
func (l Limits) ParseReply(b []byte) (r Reply, n int, err error) {
	l = l.withDefaults()
	n, lines := headEnd(b[:min(len(b), l.Head)])
	if n == 0 {
		if err := checkReplyStart(b); err != nil {
			return Reply{}, 0, err
		}
		if len(b) >= l.Head {
			return Reply{}, 0, ErrReplyTooLarge
		}
		return Reply{}, 0, nil
	}
	line, rest := cutLine(string(b[:n]))
	if !r.parseLine(line) {
		return Reply{}, 0, ErrMalformedReply
	}
	fields := lines - 2
	if fields > l.Fields {
		return Reply{}, 0, ErrReplyTooLarge
	}
	if r.Fields, err = parseFields(rest, fields); err != nil {
		return Reply{}, 0, errors.Join(ErrMalformedReply, err)
	}
	return r, n, nil
}

// replyStart is what every answer begins with. Servers of other protocols speak
// first as well, and a client should not wait for the end of that.
const replyStart = "HTTP/1."

func checkReplyStart(b []byte) error {
	n := min(len(b), len(replyStart))
	if string(b[:n]) != replyStart[:n] {
		return ErrMalformedReply
	}
	return nil
}

// parseLine takes the status line apart: the text may be missing, with or
// without its space (RFC 9112, section 4).
func (r *Reply) parseLine(line string) bool {
	proto, rest, _ := strings.Cut(line, " ")
	if major, _, ok := parseVersion(proto); !ok || major != 1 {
		return false
	}
	digits, text, _ := strings.Cut(rest, " ")
	if len(digits) != 3 || !validValue(text) {
		return false
	}
	for i := range 3 {
		if !isDigit(digits[i]) {
			return false
		}
		r.Status = r.Status*10 + int(digits[i]-'0')
	}
	r.Text = text
	return r.Status >= 100
}

// maxInterim is how many answers of the 100s a client reads over before the one
// that counts.
const maxInterim = 5

// readReply reads the head of the answer that counts, and returns as well what
// came behind it. It holds no more than the limit.
func (l Limits) readReply(r io.Reader) (Reply, []byte, error) {
	buf := make([]byte, 0, 1<<10)
	for interim := 0; interim <= maxInterim; {
		reply, n, err := l.ParseReply(buf)
		if err == nil && n == 0 {
			buf, err = readMore(r, buf)
		}
		switch {
		case err != nil:
			return Reply{}, nil, err
		case n == 0:
		case reply.Status >= 200 || reply.Status == 101:
			return reply, buf[n:], nil
		default:
			interim++
			buf = append(buf[:0], buf[n:]...)
		}
	}
	return Reply{}, nil, ErrReplyTooLarge
}

// readMore appends at least one byte of r to b.
func readMore(r io.Reader, b []byte) ([]byte, error) {
	if len(b) == cap(b) {
		b = append(make([]byte, 0, 2*cap(b)), b...)
	}
	for range 100 {
		n, err := r.Read(b[len(b):cap(b)])
		if n > 0 {
			return b[:len(b)+n], nil
		}
		if errors.Is(err, io.EOF) {
			return b, io.ErrUnexpectedEOF
		}
		if err != nil {
			return b, err
		}
	}
	return b, io.ErrNoProgress
}
