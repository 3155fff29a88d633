package websocket

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// outcome is what became of a connection.
type outcome struct {
	upgrade *Upgrade
	err     error
	refused []string
	said    string // to the peer
}

// converse gives bytes to a front and reads what it says until the end.
func converse(f *Front, sent []byte) (o outcome) {
	near, far := net.Pipe()
	c := conn.New(far, 1<<20, false)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer c.Finish()
		o.upgrade, o.err = f.Admit(c, func(err error) { o.refused = append(o.refused, err.Error()) })
		c.Close(net.ErrClosed, nil)
	}()
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		near.Write(sent)
	}()
	said, _ := io.ReadAll(near)
	near.Close()
	<-wrote
	<-done
	o.said = string(said)
	return o
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	plain := "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	health := "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, tt := range []struct {
		name    string
		sent    string
		ok      bool
		err     error
		said    []string // beginnings of the answers
		refused int
	}{
		{name: "at once", sent: head("/"), ok: true, said: []string{"HTTP/1.1 101 "}},
		{name: "nothing", err: ErrGone},
		{name: "half a request", sent: "GET / HT", err: ErrTimeout},
		{name: "no HTTP", sent: "\x16\x03\x01\r\n\r\n", err: handshake.ErrMalformed, said: []string{"HTTP/1.1 400 "}},
		{name: "too long", sent: "GET /" + strings.Repeat("a", 20<<10), err: handshake.ErrTooLarge, said: []string{"HTTP/1.1 431 "}},
		{name: "after a refusal", sent: plain + head("/"), ok: true, refused: 1, said: []string{"HTTP/1.1 400 ", "HTTP/1.1 101 "}},
		{name: "after health", sent: health + head("/"), ok: true, said: []string{"HTTP/1.1 200 ", "HTTP/1.1 101 "}},
		{name: "body", sent: head("/", "Content-Length: 5") + "hello", err: handshake.ErrBody, said: []string{"HTTP/1.1 400 "}},
		{name: "bad and last", sent: strings.Replace(plain, "1.1", "1.0", 1) + head("/"), err: handshake.ErrUpgrade, said: []string{"HTTP/1.0 400 "}},
		{name: "health and last", sent: strings.Replace(health, "1.1", "1.0", 1) + head("/"), err: ErrGone, said: []string{"HTTP/1.1 200 "}},
		{name: "too often", sent: strings.Repeat(plain, maxRequests) + head("/"), err: ErrRequests, refused: maxRequests,
			said: strings.Split(strings.TrimSuffix(strings.Repeat("HTTP/1.1 400 ,", maxRequests), ","), ",")},
		{name: "health too often", sent: strings.Repeat(health, maxRequests) + head("/"), err: ErrRequests,
			said: strings.Split(strings.TrimSuffix(strings.Repeat("HTTP/1.1 200 ,", maxRequests), ","), ",")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &Front{Timeout: 10 * time.Second, HealthPath: "/healthz", Health: func() error { return nil }}
				start := time.Now()
				o := converse(f, []byte(tt.sent))
				if (o.upgrade != nil) != tt.ok || (o.err == nil) != tt.ok || !tt.ok && !is(o.err, tt.err) {
					t.Errorf("%+v, %v; want %v", o.upgrade, o.err, tt.err)
				}
				if len(o.refused) != tt.refused {
					t.Errorf("refused: %q", o.refused)
				}
				rest := o.said
				for _, begin := range tt.said {
					at := strings.Index(rest, begin)
					if at < 0 {
						t.Fatalf("said %q, want %q", o.said, tt.said)
					}
					rest = rest[at+len(begin):]
				}
				if strings.Contains(rest, "HTTP/1.") {
					t.Errorf("said more: %q", o.said)
				}
				if d := time.Since(start); d > 30*time.Second {
					t.Errorf("it took %v", d)
				}
			})
		})
	}
}

// is compares causes: of errors in a request by their status.
func is(err, want error) bool {
	var a, b *handshake.Error
	if errors.As(err, &a) && errors.As(want, &b) {
		return a.Status == b.Status
	}
	return errors.Is(err, want)
}

func TestHealth(t *testing.T) {
	t.Parallel()
	sick := errors.New("out of \"breath\"\n")
	f := &Front{HealthPath: "/up"}
	for _, tt := range []struct {
		err    error
		method string
		status int
		body   string
	}{
		{nil, "GET", 200, `{"status":"ok"}`},
		{nil, "HEAD", 200, ``},
		{sick, "GET", 503, `{"status":"unavailable","error":"out of \"breath\"\n"}`},
		{sick, "HEAD", 503, ``},
	} {
		f.Health = func() error { return tt.err }
		r := parse(t, tt.method+" /up HTTP/1.1\r\nHost: x\r\n\r\n")
		if !f.asksForHealth(r) {
			t.Errorf("%s is not about health", tt.method)
		}
		answer := f.appendHealth(nil, r)
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), &http.Request{Method: tt.method})
		if err != nil {
			t.Fatalf("%q: %v", answer, err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != tt.status || string(body) != tt.body || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q, %v", answer, err)
		}
	}
	for _, other := range []string{
		"POST /up HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n", head("/up"),
	} {
		if f.asksForHealth(parse(t, other)) {
			t.Errorf("%q is about health", other)
		}
	}
	if (&Front{}).asksForHealth(parse(t, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")) {
		t.Error("health without a path")
	}
}

// FuzzAdmit: whatever a peer sends has an end, and the answers stay small.
func FuzzAdmit(f *testing.F) {
	plain := "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, seed := range []string{
		"", head("/"), plain + head("/"), head("/")[:100], "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + plain,
		"\x16\x03\x01", head("/", "Content-Length: 5") + "hello", strings.Repeat(plain, maxRequests+1), head("/") + "\x81\x80abcd",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		synctest.Test(t, func(t *testing.T) {
			front := &Front{
				Timeout: time.Second, HealthPath: "/healthz", Health: func() error { return nil },
				Compression: true, MQTT: true, Leafnodes: true,
			}
			o := converse(front, b)
			if (o.upgrade == nil) == (o.err == nil) {
				t.Errorf("%+v, %v", o.upgrade, o.err)
			}
			if len(o.said) > maxRequests*1024 || bytes.Count([]byte(o.said), []byte("HTTP/1.1 101 ")) > 1 {
				t.Errorf("said %d bytes: %.2000q", len(o.said), o.said)
			}
		})
	})
}
