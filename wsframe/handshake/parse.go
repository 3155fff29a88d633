package handshake

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
)

// The bounds of a request or response head. They are generous for what browsers
// and proxies send, and small enough to hold for a stranger.
const (
	DefaultMaxHead   = 16 << 10
	DefaultMaxFields = 128
)

// Limits bound what a peer may send before anything is known of it. Zero means
// the default.
type Limits struct {
	// Head is how many bytes a head may have, with its empty line.
	Head int
	// Fields is how many header lines it may have.
	Fields int
}

func (l Limits) withDefaults() Limits {
	if l.Head <= 0 {
		l.Head = DefaultMaxHead
	}
	if l.Fields <= 0 {
		l.Fields = DefaultMaxFields
	}
	return l
}

// ParseRequest parses the head of one HTTP/1.0 or HTTP/1.1 request at the
// beginning of b within the default limits. See [Limits.ParseRequest].
func ParseRequest(b []byte) (r Request, n int, err error) {
	return Limits{}.ParseRequest(b)
}

// ParseRequest parses the head of one HTTP/1.0 or HTTP/1.1 request at the
// beginning of b. It returns how many bytes the head takes; b[n:] is what the
// client sent after it. With n == 0 and no error the head is incomplete: call
// again with the same bytes and more. The request does not refer to b.
//
// Every error is an [*Error] with Fatal set. What it accepts, a server of
// net/http accepts as well. It is stricter in that folded header lines are
// refused and in that major versions other than 1 are refused at once.
func (l Limits) ParseRequest(b []byte) (r Request, n int, err error) {
	l = l.withDefaults()
	n, lines := headEnd(b[:min(len(b), l.Head)])
	if n == 0 {
		return Request{}, 0, l.checkStart(b, lines)
	}
	head := string(b[:n])
	line, rest := cutLine(head)
	if err := r.parseLine(line); err != nil {
		return Request{}, 0, err
	}
	fields := lines - 2 // the request line and the empty one
	if fields > l.Fields {
		return Request{}, 0, ErrTooLarge
	}
	if r.Fields, err = parseFields(rest, fields); err != nil {
		return Request{}, 0, err
	}
	if err := r.interpret(); err != nil {
		return Request{}, 0, err
	}
	return r, n, nil
}

// headEnd returns the length of the head at the beginning of b, or 0 if its
// empty line is not there, and the number of complete lines that it saw. A line
// ends with LF, and a CR before it belongs to the end.
func headEnd(b []byte) (n, lines int) {
	for {
		i := bytes.IndexByte(b[n:], '\n')
		if i < 0 {
			return 0, lines
		}
		lines++
		empty := i == 0 || i == 1 && b[n] == '\r'
		n += i + 1
		if empty {
			return n, lines
		}
	}
}

// checkStart looks at a head whose end has not come. It finds what is no HTTP
// at all as soon as that shows, so that a peer with another protocol in mind
// does not sit there until a timeout; header lines are left to the end, which
// keeps a client that sends byte by byte from costing more than a search.
func (l Limits) checkStart(b []byte, lines int) error {
	if lines > 0 {
		line, _ := cutLine(string(b[:bytes.IndexByte(b, '\n')+1]))
		if err := new(Request).parseLine(line); err != nil {
			return err
		}
	} else {
		b := bytes.TrimSuffix(b[:min(len(b), l.Head)], []byte("\r"))
		method, _, _ := bytes.Cut(b, []byte(" "))
		if len(b) > 0 && !isToken(string(method)) {
			return errMethodToken
		}
	}
	if len(b) >= l.Head || lines-1 > l.Fields {
		return ErrTooLarge
	}
	return nil
}

// cutLine takes the first line off a head, without its end.
func cutLine(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

// parseLine takes the request line apart. Nothing of a line is looked at before
// the method, because that is what checkStart sees first.
func (r *Request) parseLine(line string) error {
	method, rest, _ := strings.Cut(line, " ")
	if !isToken(method) {
		return errMethodToken
	}
	target, proto, ok := strings.Cut(rest, " ")
	if !ok {
		return errRequestLine
	}
	major, minor, ok := parseVersion(proto)
	if !ok {
		return errRequestLine
	}
	r.Method, r.Minor = method, minor
	if !r.setTarget(target) {
		return errTarget
	}
	if major != 1 {
		return ErrHTTPVersion
	}
	return nil
}

// parseVersion reads "HTTP/1.1".
func parseVersion(s string) (major, minor int, ok bool) {
	const form = "HTTP/"
	if len(s) != len("HTTP/1.1") || s[:len(form)] != form || s[6] != '.' {
		return 0, 0, false
	}
	if !isDigit(s[5]) || !isDigit(s[7]) {
		return 0, 0, false
	}
	return int(s[5] - '0'), int(s[7] - '0'), true
}

// setTarget takes the request target, which is a path in every request but
// those to proxies. The other forms are left to net/url.
func (r *Request) setTarget(target string) bool {
	r.Target = target
	if strings.HasPrefix(target, "/") {
		r.Path, r.Query, _ = strings.Cut(target, "?")
		return validPath(r.Path) && !hasControl(r.Query)
	}
	if r.Method == "CONNECT" {
		target = "http://" + target
	}
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return false
	}
	r.Host, r.Path, r.Query = u.Host, u.EscapedPath(), u.RawQuery
	return true
}

func validPath(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return false
		}
	}
	return true
}

// parseFields parses n header lines and the empty line after them.
func parseFields(s string, n int) ([]Field, error) {
	if n <= 0 {
		return nil, nil
	}
	fields := make([]Field, n)
	for i := range fields {
		var line string
		line, s = cutLine(s)
		if line[0] == ' ' || line[0] == '\t' {
			return nil, errHeaderFolded
		}
		colon := strings.IndexByte(line, ':')
		if colon < 0 {
			return nil, errHeaderLine
		}
		name, value := line[:colon], trim(line[colon+1:])
		if !isToken(name) {
			return nil, badName(name)
		}
		if !validValue(value) {
			return nil, errHeaderValue
		}
		fields[i] = Field{Name: name, Value: value}
	}
	return fields, nil
}

// badName tells a name with spaces, which clients do send, from other garbage,
// because net/http does.
func badName(name string) error {
	if isToken(strings.ReplaceAll(name, " ", "")) {
		return errHeaderName
	}
	return errHeaderLine
}

// interpret reads the header lines that say how the request is framed and to
// whom it is.
func (r *Request) interpret() error {
	var host, length, coding string
	var hosts, lengths, codings int
	for i := range r.Fields {
		f := &r.Fields[i]
		switch {
		case f.is("Host"):
			host = f.Value
			hosts++
		case f.is("Content-Length"):
			if lengths > 0 && f.Value != length {
				return errContentLength
			}
			length = f.Value
			lengths++
		case f.is("Transfer-Encoding"):
			coding = f.Value
			codings++
		}
	}
	if err := r.setHost(host, hosts); err != nil {
		return err
	}
	r.KeepAlive = !r.HasToken("Connection", "close")
	if r.Minor == 0 {
		// HTTP/1.0 knows no chunks, so the header means nothing there.
		codings = 0
		r.KeepAlive = r.KeepAlive && r.HasToken("Connection", "keep-alive")
	}
	if codings > 0 && (codings > 1 || !strings.EqualFold(coding, "chunked")) {
		return ErrTransferEncoding
	}
	r.Body = codings > 0
	if lengths > 0 {
		n, err := strconv.ParseUint(length, 10, 63)
		if err != nil {
			return errContentLength
		}
		r.Body = r.Body || n > 0
	}
	return nil
}

// setHost checks the Host header. The authority of an absolute target goes
// before it (RFC 9112, section 3.2.2).
func (r *Request) setHost(host string, lines int) error {
	if lines > 1 {
		return errManyHosts
	}
	if lines == 0 && r.Minor > 0 && r.Method != "CONNECT" {
		return ErrHostHeader
	}
	if !validHost(host) {
		return errHostValue
	}
	if r.Host == "" {
		r.Host = host
	}
	return nil
}
