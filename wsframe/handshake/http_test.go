package handshake

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// upgrade is what a handler of a test server got.
type upgrade struct {
	*Upgraded
	err error
}

// serve starts a server whose only handler is Upgrade.
func serve(t *testing.T, o *Options) (*httptest.Server, <-chan upgrade) {
	t.Helper()
	done := make(chan upgrade, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := Upgrade(w, r, o)
		done <- upgrade{u, err}
	}))
	t.Cleanup(s.Close)
	return s, done
}

// send writes bytes to a server and returns the connection, closed at the end.
func send(t *testing.T, s *httptest.Server, request string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewReader(c)
}

// readHead reads up to and with the empty line.
func readHead(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var head strings.Builder
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", head.String(), err)
		}
		head.WriteString(line)
	}
	return head.String()
}

var goodHead = crlf("GET /a?b HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: Upgrade",
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
	"Sec-WebSocket-Protocol: x, mqtt", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")

func TestUpgradeAnswersAndHandsOver(t *testing.T) {
	t.Parallel()
	s, done := serve(t, &Options{
		Protocols: []string{"mqtt"}, Deflate: &deflate.Policy{},
		Agreed: []byte("Nats-No-Masking: true\r\n"), Headers: []byte("X-A: b\r\n"),
	})
	_, r := send(t, s, goodHead+"early")
	want := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n" +
		"Nats-No-Masking: true\r\nSec-Websocket-Protocol: mqtt\r\nX-A: b\r\n\r\n"
	if diff := cmp.Diff(want, readHead(t, r)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	u := <-done
	if u.err != nil {
		t.Fatal(u.err)
	}
	defer u.Conn.Close()
	wantAgreed := Agreement{Protocol: "mqtt", Deflate: true, Params: deflate.NoTakeover}
	if diff := cmp.Diff(wantAgreed, u.Agreement); diff != "" {
		t.Errorf("agreement (-want +got):\n%s", diff)
	}
	early := make([]byte, len("early"))
	if _, err := io.ReadFull(u.Reader(), early); err != nil || string(early) != "early" {
		t.Errorf("early bytes %q, %v", early, err)
	}
	if _, err := u.Conn.Write([]byte("late")); err != nil {
		t.Error(err)
	}
	if b, err := r.Peek(4); err != nil || string(b) != "late" {
		t.Errorf("read %q, %v", b, err)
	}
}

func TestUpgradedWithoutEarlyBytesReadsTheConnection(t *testing.T) {
	t.Parallel()
	c, _ := net.Pipe()
	defer c.Close()
	if r := (&Upgraded{Conn: c}).Reader(); r != c {
		t.Errorf("reader %v, want the connection itself", r)
	}
}

// The server's deadlines were for the request and must not end the WebSocket.
func TestUpgradeClearsDeadlines(t *testing.T) {
	t.Parallel()
	w := &fakeWriter{conn: &fakeConn{}}
	if _, err := Upgrade(w, goodHTTP(t), &Options{}); err != nil {
		t.Fatal(err)
	}
	if c := w.conn; !c.cleared || c.closed {
		t.Errorf("deadlines cleared %v, closed %v", c.cleared, c.closed)
	}
}

// A refusal through net/http is the one that AppendError writes, and the
// connection takes another request.
func TestUpgradeRefusesLikeAppendError(t *testing.T) {
	t.Parallel()
	origins, err := NewOrigins(true, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, done := serve(t, &Options{Origins: origins})
	date := regexp.MustCompile(`\r\nDate: [^\r]*`)
	bad := []string{
		strings.Replace(goodHead, "GET", "PUT", 1),
		strings.Replace(goodHead, "GET", "HEAD", 1),
		strings.Replace(goodHead, "Key:", "Kez:", 1),
		strings.Replace(goodHead, "Host: a\r\n", "Host: a\r\nOrigin: http://b\r\n", 1),
		crlf("GET / HTTP/1.1", "Host: a", "Connection: close"),
		crlf("GET / HTTP/1.0", "Connection: keep-alive"),
		crlf("GET / HTTP/1.0"),
		goodHead, // cut below: a body
	}
	for _, head := range bad {
		if head == goodHead {
			head = strings.Replace(head, "Host: a\r\n", "Host: a\r\nContent-Length: 3\r\nConnection: close\r\n", 1) + "abc"
		}
		_, r := send(t, s, head)
		req, _, err := ParseRequest([]byte(head))
		if err != nil {
			t.Fatal(err)
		}
		u := <-done
		want := AppendError(nil, u.err, &req, time.Now())
		got := make([]byte, len(want))
		if _, err := io.ReadFull(r, got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(date.ReplaceAllString(string(want), ""), date.ReplaceAllString(string(got), "")); diff != "" {
			t.Errorf("%q (-AppendError +net/http):\n%s", head, diff)
		}
		if !KeepsOpen(u.err, &req) {
			if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
				t.Errorf("%q: %v after the answer, want EOF", head, err)
			}
		}
	}
}

func TestUpgradeAfterARefusal(t *testing.T) {
	t.Parallel()
	s, done := serve(t, &Options{})
	c, r := send(t, s, crlf("GET / HTTP/1.1", "Host: a"))
	if !errors.Is((<-done).err, ErrUpgrade) {
		t.Error("not refused")
	}
	readHead(t, r)
	if body, err := r.ReadString('\n'); err != nil || body != "Bad Request\n" {
		t.Fatalf("body %q, %v", body, err)
	}
	if _, err := io.WriteString(c, goodHead); err != nil {
		t.Fatal(err)
	}
	if head := readHead(t, r); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		t.Errorf("answer %q", head)
	}
	u := <-done
	if u.err != nil {
		t.Fatal(u.err)
	}
	_ = u.Conn.Close()
}

func TestUpgradeWithoutAConnection(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	tests := []struct {
		name   string
		writer *fakeWriter
		err    error
		status int
	}{
		{"cannot be taken over", &fakeWriter{err: http.ErrNotSupported}, ErrNotSupported, 400},
		{"take-over fails", &fakeWriter{err: broken}, broken, 500},
		{"write fails", &fakeWriter{conn: &fakeConn{writeErr: broken}}, broken, 0},
		{"deadline fails", &fakeWriter{conn: &fakeConn{deadlineErr: broken}}, broken, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := Upgrade(tt.writer, goodHTTP(t), &Options{}); !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if tt.writer.status != tt.status {
				t.Errorf("status %d, want %d", tt.writer.status, tt.status)
			}
			if c := tt.writer.conn; c != nil && !c.closed {
				t.Error("connection left open")
			}
		})
	}
	rec := httptest.NewRecorder() // has no Hijack at all
	if _, err := Upgrade(rec, goodHTTP(t), &Options{}); !errors.Is(err, ErrNotSupported) || rec.Body.String() != "Bad Request\n" {
		t.Errorf("error %v, body %q", err, rec.Body)
	}
}

func goodHTTP(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(goodHead)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fakeWriter is a response writer whose connection can be taken over unless err
// is set.
type fakeWriter struct {
	httptest.ResponseRecorder
	conn   *fakeConn
	err    error
	status int
}

func (w *fakeWriter) WriteHeader(status int) { w.status = status }

func (w *fakeWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.err != nil {
		return nil, nil, w.err
	}
	return w.conn, bufio.NewReadWriter(bufio.NewReader(w.conn), bufio.NewWriter(w.conn)), nil
}

type fakeConn struct {
	net.Conn
	writeErr, deadlineErr error
	cleared, closed       bool
}

func (c *fakeConn) Read([]byte) (int, error)    { return 0, io.EOF }
func (c *fakeConn) Write(b []byte) (int, error) { return len(b), c.writeErr }
func (c *fakeConn) Close() error                { c.closed = true; return nil }

func (c *fakeConn) SetDeadline(t time.Time) error {
	c.cleared = t.IsZero()
	return c.deadlineErr
}
