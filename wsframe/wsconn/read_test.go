package wsconn

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

var key = [4]byte{1, 2, 3, 4}

// masked is a frame as a client sends it.
func masked(op wsframe.Opcode, fin bool, payload string) []byte {
	return wsframe.AppendMaskedFragment(nil, op, fin, false, key, []byte(payload))
}

// packed is a compressed message of a client.
func packed(op wsframe.Opcode, payload string) []byte {
	return wsframe.AppendMaskedFragment(nil, op, true, true, key, deflate.AppendMessage(nil, []byte(payload)))
}

// many is longer than any buffer that is read into.
var many = strings.Repeat("Grüße! ", 20000)

// reads are the ways to read a message.
var reads = map[string]func(*Conn) (wsframe.Opcode, string, error){
	"ReadMessage": func(c *Conn) (wsframe.Opcode, string, error) {
		op, b, err := c.ReadMessage()
		return op, string(b), err
	},
	"AppendMessage": func(c *Conn) (wsframe.Opcode, string, error) {
		op, b, err := c.AppendMessage([]byte("before "))
		return op, strings.TrimPrefix(string(b), "before "), err
	},
	"NextReader": func(c *Conn) (wsframe.Opcode, string, error) {
		op, r, err := c.NextReader()
		if err != nil {
			return 0, "", err
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return 0, "", err
		}
		return op, string(b), nil
	},
}

type read struct {
	Op      wsframe.Opcode
	Payload string
}

// Every way to read gives the same, however the bytes are cut.
func TestReading(t *testing.T) {
	t.Parallel()
	in := bytes.Join([][]byte{
		masked(wsframe.Text, true, "hello"),
		masked(wsframe.Binary, true, ""),
		masked(wsframe.Text, false, "gr\xc3"),
		masked(wsframe.Ping, true, "?"),
		masked(wsframe.Continuation, false, ""),
		masked(wsframe.Continuation, true, "\xbcn"),
		packed(wsframe.Text, "compressed ü"),
		packed(wsframe.Binary, ""),
		masked(wsframe.Text, true, many),
		packed(wsframe.Text, many),
		masked(wsframe.Binary, true, "last"),
	}, nil)
	want := []read{
		{wsframe.Text, "hello"}, {wsframe.Binary, ""}, {wsframe.Text, "grün"}, {wsframe.Text, "compressed ü"}, {wsframe.Binary, ""},
		{wsframe.Text, many}, {wsframe.Text, many}, {wsframe.Binary, "last"},
	}
	for name, next := range reads {
		for cut, slow := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader, "halves": iotest.HalfReader,
		} {
			t.Run(name+" "+cut, func(t *testing.T) {
				t.Parallel()
				c, f := fed(slow(bytes.NewReader(in)), &deflate.NoTakeover, 0)
				var got []read
				for {
					op, s, err := next(c)
					if err != nil {
						if err != io.ErrUnexpectedEOF {
							t.Error(err)
						}
						break
					}
					got = append(got, read{op, s})
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%.1000s", diff)
				}
				if diff := cmp.Diff(string(wsframe.AppendFrame(nil, wsframe.Pong, []byte("?"))), f.out.String()); diff != "" {
					t.Errorf("sent: %s", diff)
				}
			})
		}
	}
}

// Whatever a peer does wrong it is told, and whoever reads learns the same.
func TestViolations(t *testing.T) {
	t.Parallel()
	const limit = 100
	bomb := wsframe.AppendMaskedFragment(nil, wsframe.Binary, true, true, key, deflate.AppendMessage(nil, make([]byte, 50000)))
	damaged := wsframe.AppendMaskedFragment(nil, wsframe.Binary, true, true, key, []byte("\xff\xff\xff"))
	for _, tt := range []struct {
		name string
		in   []byte
		want wsframe.Error
	}{
		{"no mask", wsframe.AppendFrame(nil, wsframe.Text, []byte("x")), wsframe.Error{Code: 1002, Text: "mask bit missing"}},
		{"no UTF-8", masked(wsframe.Text, true, "\xff"), wsframe.Error{Code: 1007, Text: "invalid utf8 in text message"}},
		{"half a character", masked(wsframe.Text, true, "\xc3"), wsframe.Error{Code: 1007, Text: "invalid utf8 in text message"}},
		{"no UTF-8, compressed", packed(wsframe.Text, "\xff"), wsframe.Error{Code: 1007, Text: "invalid utf8 in text message"}},
		{"too long", masked(wsframe.Binary, true, strings.Repeat("x", limit+1)), wsframe.Error{Code: 1009, Text: "maximum payload exceeded"}},
		{"announced to be too long", masked(wsframe.Binary, true, strings.Repeat("x", 4*limit+1<<10))[:8], wsframe.Error{Code: 1009, Text: "maximum payload exceeded"}},
		{"too long in fragments", append(masked(wsframe.Binary, false, strings.Repeat("x", limit)), masked(0, true, "x")...),
			wsframe.Error{Code: 1009, Text: "maximum payload exceeded"}},
		{"too long inflated", bomb, wsframe.Error{Code: 1009, Text: "maximum payload exceeded"}},
		{"no DEFLATE", damaged, wsframe.Error{Code: 1007, Text: "flate: corrupt input before offset 1"}},
	} {
		for name, next := range reads {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				t.Parallel()
				c, f := fed(bytes.NewReader(bytes.Clone(tt.in)), &deflate.NoTakeover, limit)
				_, _, err := next(c)
				var got *wsframe.Error
				if !errors.As(err, &got) {
					t.Fatalf("got error %v", err)
				}
				if diff := cmp.Diff(tt.want, *got); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(string(tt.want.AppendClose(nil)), f.out.String()); diff != "" {
					t.Errorf("sent: %s", diff)
				}
				if _, _, again := next(c); again != err {
					t.Errorf("the next time: %v", again)
				}
				if err := c.WriteMessage(wsframe.Text, nil); err != ErrClosed {
					t.Errorf("writing: %v", err)
				}
			})
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		limit, size int
		ok          bool
	}{
		{"at the default", 0, DefaultLimit, true},
		{"above the default", 0, DefaultLimit + 1, false},
		{"none", -1, DefaultLimit + 1, true},
		{"at one", 10, 10, true},
		{"above one", 10, 11, false},
	} {
		for name, p := range modes {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				t.Parallel()
				c, _ := fed(bytes.NewReader(masked(wsframe.Binary, true, strings.Repeat("x", tt.size))), p, tt.limit)
				_, b, err := c.ReadMessage()
				if ok := err == nil && len(b) == tt.size; ok != tt.ok {
					t.Errorf("%d bytes, error %v", len(b), err)
				}
			})
		}
	}
}

// Bytes that came with the handshake are read first.
func TestEarlyBytes(t *testing.T) {
	t.Parallel()
	u := upgraded(&feed{in: strings.NewReader(string(masked(wsframe.Text, true, "late")))}, nil)
	u.Early = masked(wsframe.Text, true, "early")
	c := New(u, false, 0)
	for _, want := range []string{"early", "late"} {
		if _, b, err := c.ReadMessage(); err != nil || string(b) != want {
			t.Errorf("got %q, %v", b, err)
		}
	}
}

// A deadline that passes within a message loses nothing of it.
func TestReadingGoesOnAfterADeadline(t *testing.T) {
	t.Parallel()
	for mode, p := range modes {
		for first, begin := range reads {
			for second, finish := range reads {
				t.Run(mode+" "+first+" "+second, func(t *testing.T) {
					t.Parallel()
					a, b := sockets(t)
					c := New(upgraded(a, p), true, 0)
					frame := wsframe.AppendFrame(nil, wsframe.Text, []byte(many))
					if p != nil {
						message := deflate.Window(8).AppendMessage(nil, []byte(many))
						frame = wsframe.AppendFragment(nil, wsframe.Text, true, true, message)
					}
					half := len(frame) / 2
					if _, err := b.Write(frame[:half]); err != nil {
						t.Fatal(err)
					}
					c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
					if _, _, err := begin(c); !errors.Is(err, os.ErrDeadlineExceeded) {
						t.Fatalf("half a message: %v", err)
					}
					c.SetReadDeadline(time.Now().Add(20 * time.Second))
					go b.Write(frame[half:])
					if first == "NextReader" && p == nil {
						return // the reader had some of it
					}
					if op, s, err := finish(c); op != wsframe.Text || s != many || err != nil {
						t.Errorf("got %v, %d bytes of %d, %v", op, len(s), len(many), err)
					}
				})
			}
		}
	}
}

// A reader of a message goes on after a deadline, too.
func TestMessageReaderGoesOnAfterADeadline(t *testing.T) {
	t.Parallel()
	a, b := sockets(t)
	c := New(upgraded(a, nil), true, 0)
	frame := wsframe.AppendFrame(nil, wsframe.Text, []byte(many))
	if _, err := b.Write(frame[:len(frame)/2]); err != nil {
		t.Fatal(err)
	}
	_, r, err := c.NextReader()
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	got, err := io.ReadAll(r)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("half a message: %v", err)
	}
	go b.Write(frame[len(frame)/2:])
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	rest, err := io.ReadAll(r)
	if err != nil || string(got)+string(rest) != many {
		t.Errorf("%d and %d bytes of %d, %v", len(got), len(rest), len(many), err)
	}
}

func TestWhatIsLeftOfAMessageIsSkipped(t *testing.T) {
	t.Parallel()
	for name, message := range map[string][]byte{
		"plain": masked(wsframe.Text, true, many), "compressed": packed(wsframe.Text, many),
	} {
		for read := range reads {
			t.Run(name+" "+read, func(t *testing.T) {
				t.Parallel()
				c, _ := fed(bytes.NewReader(slices.Concat(message, masked(wsframe.Text, true, "next"))), &deflate.NoTakeover, 0)
				_, r, err := c.NextReader()
				if err != nil {
					t.Fatal(err)
				}
				b := make([]byte, 3)
				if _, err := io.ReadFull(r, b); err != nil || string(b) != many[:3] {
					t.Errorf("got %q, %v", b, err)
				}
				if _, s, err := reads[read](c); err != nil || s != "next" {
					t.Errorf("got %.10q, %v", s, err)
				}
				if _, err := r.Read(b); err != ErrStale {
					t.Errorf("the old reader: %v", err)
				}
			})
		}
	}
}

// A message has a limit when it is streamed as well: here a plain one on a
// connection that compresses, where the frames alone do not tell.
func TestStreamsAreLimited(t *testing.T) {
	t.Parallel()
	in := append(masked(wsframe.Binary, false, strings.Repeat("x", 100)), masked(0, true, "y")...)
	c, _ := fed(iotest.HalfReader(bytes.NewReader(in)), &deflate.NoTakeover, 100)
	_, r, err := c.NextReader()
	if err != nil {
		t.Fatal(err)
	}
	var broken *wsframe.Error
	if b, err := io.ReadAll(r); !errors.As(err, &broken) || broken.Code != wsframe.StatusTooBig {
		t.Errorf("got %d bytes, %v", len(b), err)
	}
}

// A pong may move the deadline, which is what it is asked for.
func TestPongsAreReported(t *testing.T) {
	t.Parallel()
	client, server := pair(t, nil, 0)
	var pongs []string
	client.OnPong(func(b []byte) {
		if pongs = append(pongs, string(b)); len(pongs) == 2 {
			client.SetReadDeadline(time.Now())
		}
	})
	go server.ReadMessage()
	for _, s := range []string{"one", "two"} {
		if err := client.Ping([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := client.ReadMessage(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("ReadMessage: %v", err)
	}
	if diff := cmp.Diff([]string{"one", "two"}, pongs); diff != "" {
		t.Error(diff)
	}
}
