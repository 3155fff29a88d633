package ws

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Key and Accept are the example of RFC 6455: the key that requests carry, and
// what the server makes of it.
const (
	Key    = "dGhlIHNhbXBsZSBub25jZQ=="
	Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// Field is one line of a head.
type Field struct{ Name, Value string }

// Request is the head of a request as it stands on the wire.
type Request struct {
	Method, Target, Version string
	Fields                  []Field

	given map[string]bool // names whose default has been replaced
}

// NewRequest asks for an upgrade in the usual way.
func NewRequest(host string) *Request {
	return &Request{
		Method: "GET", Target: "/", Version: "HTTP/1.1",
		Fields: []Field{
			{"Host", host}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"},
			{"Sec-WebSocket-Key", Key}, {"Sec-WebSocket-Version", "13"},
		},
		given: map[string]bool{},
	}
}

// Set takes the place of a default, or appends a line; the same name again
// appends another line.
func (r *Request) Set(name, value string) {
	for i, f := range r.Fields {
		if strings.EqualFold(f.Name, name) && !r.given[name] {
			r.given[name] = true
			r.Fields[i] = Field{name, value}
			return
		}
	}
	r.given[name] = true
	r.Fields = append(r.Fields, Field{name, value})
}

// Drop leaves a default out.
func (r *Request) Drop(name string) {
	kept := r.Fields[:0]
	for _, f := range r.Fields {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	r.Fields = kept
}

// String is the head on the wire.
func (r *Request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\r\n", r.Method, r.Target, r.Version)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	b.WriteString("\r\n")
	return b.String()
}

// Response is an answer: the head as it stands on the wire, and the body that
// Content-Length announces.
type Response struct {
	Version string
	Status  int
	Reason  string
	Fields  []Field
	Body    string
}

// ReadResponse reads one answer. Without Content-Length there is no body,
// except that one which the end of the connection ends is read when the head
// says that it will be closed.
func ReadResponse(in *bufio.Reader) (*Response, error) {
	line, err := readLine(in)
	if err != nil {
		return nil, err
	}
	r := &Response{}
	version, rest, _ := strings.Cut(line, " ")
	status, reason, _ := strings.Cut(rest, " ")
	r.Version, r.Reason = version, reason
	if r.Status, err = strconv.Atoi(status); err != nil || !strings.HasPrefix(version, "HTTP/1.") {
		return nil, fmt.Errorf("status line %q", line)
	}
	for {
		line, err := readLine(in)
		if err != nil {
			return nil, fmt.Errorf("inside a head: %w", cutShort(err))
		}
		if line == "" {
			return r, r.readBody(in)
		}
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return nil, fmt.Errorf("header line %q", line)
		}
		r.Fields = append(r.Fields, Field{name, value})
	}
}

// readLine reads one line and insists on CR LF.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return "", err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		return "", fmt.Errorf("line %q does not end in CR LF", line)
	}
	return text, nil
}

func (r *Response) readBody(in io.Reader) error {
	if r.Status == 101 {
		return nil
	}
	if length := r.Get("Content-Length"); length != "" {
		n, err := strconv.Atoi(length)
		if err != nil || n < 0 || n > maxPayload {
			return fmt.Errorf("content length %q", length)
		}
		body := make([]byte, n)
		_, err = io.ReadFull(in, body)
		r.Body = string(body)
		return cutShort(err)
	}
	if r.Get("Connection") == "close" || r.Version == "HTTP/1.0" {
		body, err := io.ReadAll(in)
		r.Body = string(body)
		return err
	}
	return nil
}

// Get returns the values of a field, joined with a comma.
func (r *Response) Get(name string) string {
	var values []string
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return strings.Join(values, ", ")
}

// Names are the names of the fields in their order, joined with a comma.
func (r *Response) Names() string {
	names := make([]string, len(r.Fields))
	for i, f := range r.Fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}
