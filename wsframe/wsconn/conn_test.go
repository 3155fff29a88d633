package wsconn

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// modes are the ways to compress.
var modes = map[string]*deflate.Policy{
	"plain":       nil,
	"no takeover": {},
	"takeover":    {ServerContextTakeover: true, ClientContextTakeover: true, MinServerBits: deflate.MinWindowBits},
}

// offer is what a client offers for a server with that policy.
func offer(p *deflate.Policy) *handshake.Dialer {
	d := new(handshake.Dialer)
	if p != nil {
		d.Deflate = &deflate.Params{ServerNoContextTakeover: !p.ServerContextTakeover, ClientNoContextTakeover: !p.ClientContextTakeover}
	}
	return d
}

// connect returns a client of a server that runs serve for each connection.
func connect(t *testing.T, p *deflate.Policy, serve func(*Conn)) *Conn {
	t.Helper()
	var served sync.WaitGroup
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		defer served.Done()
		c, err := Accept(w, r, &handshake.Options{Deflate: p})
		if err != nil {
			t.Errorf("Accept: %v", err)
			return
		}
		serve(c)
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, err := Dial(ctx, "ws"+strings.TrimPrefix(srv.URL, "http"), offer(p))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close(wsframe.StatusNormal, "")
		served.Wait()
		srv.Close()
	})
	return c
}

// echo sends everything back until the end.
func echo(c *Conn) {
	for {
		op, b, err := c.ReadMessage()
		if err != nil || c.WriteMessage(op, b) != nil {
			c.Close(wsframe.StatusNormal, "")
			return
		}
	}
}

func TestMessagesComeBack(t *testing.T) {
	t.Parallel()
	for name, policy := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, policy, echo)
			if got := c.out.compress; got != (policy != nil) {
				t.Fatalf("compression agreed: %v", got)
			}
			if err := c.Ping([]byte("are you there")); err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{0, 1, 63, 64, 125, 126, 1000, 65535, 65536, DefaultLimit} {
				want := strings.Repeat("grüß Gott! ", n/12+1)[:n]
				want = strings.ToValidUTF8(want, "")
				if err := c.WriteMessage(wsframe.Text, []byte(want)); err != nil {
					t.Fatal(err)
				}
				op, got, err := c.ReadMessage()
				if err != nil || op != wsframe.Text || string(got) != want {
					t.Fatalf("%d bytes came back as %v, %d bytes, %v", len(want), op, len(got), err)
				}
			}
		})
	}
}

func TestManyWriteAtOnce(t *testing.T) {
	t.Parallel()
	c := connect(t, modes["takeover"], echo)
	const writers, each = 8, 50
	for i := range writers {
		go func() {
			for range each {
				c.WriteMessage(wsframe.Binary, bytes.Repeat([]byte{byte('a' + i)}, 100))
			}
		}()
	}
	got := make(map[string]int)
	for range writers * each {
		_, b, err := c.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		got[string(b)]++
	}
	for b, n := range got {
		if n != each || strings.Count(b, b[:1]) != 100 {
			t.Errorf("%q came %d times", b, n)
		}
	}
}

func TestClosing(t *testing.T) {
	t.Parallel()
	const said = "that is all"
	ended := make(chan error, 1)
	c := connect(t, nil, func(c *Conn) {
		_, _, err := c.ReadMessage()
		ended <- err
	})
	if err := c.Close(wsframe.StatusGoingAway, said); err != nil {
		t.Errorf("Close: %v", err)
	}
	want := &CloseError{wsframe.StatusGoingAway, said}
	var got *CloseError
	if err := <-ended; !errors.As(err, &got) {
		t.Fatalf("the server read %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// The answer says the same.
	if _, _, err := c.ReadMessage(); !errors.As(err, &got) || got.Code != want.Code {
		t.Errorf("the client read %v", err)
	}
	if err := c.WriteMessage(wsframe.Text, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("writing afterwards: %v", err)
	}
}

// Who breaks the rules is told so, and the reader knows as well.
func TestViolations(t *testing.T) {
	t.Parallel()
	key := [4]byte{1, 2, 3, 4}
	for _, tt := range []struct {
		name   string
		frames []byte
		code   wsframe.CloseCode
	}{
		{"no mask", wsframe.AppendFrame(nil, wsframe.Text, []byte("x")), wsframe.StatusProtocolError},
		{"no UTF-8", wsframe.AppendMasked(nil, wsframe.Text, key, []byte{0xff}), wsframe.StatusInvalidPayload},
		{"too long", wsframe.AppendMasked(nil, wsframe.Binary, key, make([]byte, DefaultLimit+1)), wsframe.StatusTooBig},
		{"compressed", wsframe.AppendMaskedFragment(nil, wsframe.Text, true, true, key, []byte{0}), wsframe.StatusProtocolError},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ended := make(chan error, 1)
			c := connect(t, nil, func(c *Conn) {
				_, _, err := c.ReadMessage()
				ended <- err
			})
			go c.conn.Write(tt.frames) // as much of it as the server takes
			var told *CloseError
			if _, _, err := c.ReadMessage(); !errors.As(err, &told) || told.Code != tt.code {
				t.Errorf("the client read %v, want code %d", err, tt.code)
			}
			var broken *wsframe.Error
			if err := <-ended; !errors.As(err, &broken) || broken.Code != tt.code {
				t.Errorf("the server read %v, want code %d", err, tt.code)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	c := connect(t, nil, echo)
	c.SetReadDeadline(time.Now())
	var e net.Error
	if _, _, err := c.ReadMessage(); !errors.As(err, &e) || !e.Timeout() {
		t.Errorf("ReadMessage: %v", err)
	}
}

// feed is a net.Conn that gives out bytes and swallows others.
type feed struct {
	net.Conn
	in io.Reader
}

func (s *feed) Read(b []byte) (int, error)     { return s.in.Read(b) }
func (*feed) Write(b []byte) (int, error)      { return len(b), nil }
func (*feed) Close() error                     { return nil }
func (*feed) SetReadDeadline(time.Time) error  { return nil }
func (*feed) SetWriteDeadline(time.Time) error { return nil }

// Whatever comes, reading ends, and messages keep to the limit.
func FuzzReadMessage(f *testing.F) {
	key := [4]byte{1, 2, 3, 4}
	f.Add(wsframe.AppendMasked(nil, wsframe.Text, key, []byte("hello")), false)
	f.Add(wsframe.AppendMaskedFragment(nil, wsframe.Text, true, true, key, deflate.AppendMessage(nil, make([]byte, 5000))), true)
	f.Add(wsframe.AppendMaskedClose(nil, key, 1000, "bye"), true)
	f.Fuzz(func(t *testing.T, b []byte, compress bool) {
		const limit = 4000
		u := &handshake.Upgraded{Conn: &feed{in: bytes.NewReader(b)}}
		u.Deflate = compress
		c := New(u, false, limit)
		for {
			_, msg, err := c.ReadMessage()
			if err != nil {
				return
			}
			if len(msg) > limit {
				t.Fatalf("a message of %d bytes", len(msg))
			}
		}
	})
}
