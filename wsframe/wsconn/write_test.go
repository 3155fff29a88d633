package wsconn

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

func TestFragmentsOfMessages(t *testing.T) {
	t.Parallel()
	c, f := fed(nil, nil, 0)
	c.SetFragment(4)
	for _, s := range []string{"", "abcd", "abcdefghij"} {
		if err := c.WriteMessage(wsframe.Text, []byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	c.SetFragment(0)
	if err := c.WriteMessage(wsframe.Binary, []byte("abcdefghij")); err != nil {
		t.Fatal(err)
	}
	want := "\x81\x00" + "\x81\x04abcd" + "\x01\x04abcd" + "\x00\x04efgh" + "\x80\x02ij" + "\x82\x0aabcdefghij"
	if diff := cmp.Diff(want, f.out.String()); diff != "" {
		t.Error(diff)
	}
}

// Only the first frame of a compressed message says that it is one.
func TestFragmentsOfCompressedMessages(t *testing.T) {
	t.Parallel()
	c, f := fed(nil, &deflate.NoTakeover, 0)
	c.SetFragment(10)
	if err := c.WriteMessage(wsframe.Text, []byte(many[:999])); err != nil {
		t.Fatal(err)
	}
	var message []byte
	for b, first := f.out.Bytes(), true; len(b) > 0; first = false {
		h, n, err := wsframe.ParseHeader(b)
		if err != nil || h.RSV1 != first || (h.Opcode == wsframe.Text) != first || h.Length > 10 {
			t.Fatalf("header %+v, %v", h, err)
		}
		message = append(message, b[n:n+int(h.Length)]...)
		b = b[n+int(h.Length):]
	}
	got, err := deflate.Inflate(nil, message, -1)
	if err != nil || string(got) != many[:999] {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

// All sizes around those of buffers, in both directions, cut in many ways.
func TestWritingAllSizes(t *testing.T) {
	t.Parallel()
	payload := []byte(strings.Repeat(many, 2))
	for mode, p := range modes {
		for name, fragment := range map[string]int{"whole": 0, "small": 1000, "large": 100000} {
			t.Run(mode+" "+name, func(t *testing.T) {
				t.Parallel()
				client, server := pair(t, p, 0)
				for _, ends := range [][2]*Conn{{client, server}, {server, client}} {
					ends[0].SetFragment(fragment)
					for _, n := range []int{0, 1, chunkSize - 15, chunkSize - 4, chunkSize, chunkSize + 1, 2*chunkSize - 10, len(payload)} {
						go func() { _ = ends[0].WriteMessage(wsframe.Binary, payload[:n]) }()
						if _, b, err := ends[1].ReadMessage(); err != nil || !bytes.Equal(b, payload[:n]) {
							t.Fatalf("%d bytes came as %d, %v", n, len(b), err)
						}
					}
				}
			})
		}
	}
}

func TestWritingWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	c, f := fed(nil, nil, 0)
	if err := c.Ping(make([]byte, 126)); err != ErrControl {
		t.Errorf("Ping: %v", err)
	}
	for _, op := range []wsframe.Opcode{wsframe.Continuation, 3, wsframe.Close, wsframe.Ping} {
		if err := c.WriteMessage(op, nil); err != ErrOpcode {
			t.Errorf("WriteMessage(%v): %v", op, err)
		}
	}
	if f.out.Len() > 0 {
		t.Errorf("sent %q", f.out.String())
	}
}

// Prepared messages fit between others, also where the window is kept.
func TestPreparedMessages(t *testing.T) {
	t.Parallel()
	prepared := wsframe.NewPrepared(wsframe.Text, []byte(many), deflate.MaxWindow)
	for mode, p := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			client, server := pair(t, p, 0)
			for _, ends := range [][2]*Conn{{server, client}, {client, server}} {
				go func() {
					for range 2 {
						_ = ends[0].WriteMessage(wsframe.Text, []byte(many[:495]))
						_ = ends[0].WritePrepared(prepared)
					}
					_ = ends[0].WriteMessage(wsframe.Text, []byte(many[:495]))
				}()
				for i := range 5 {
					want := many
					if i%2 == 0 {
						want = many[:495]
					}
					if op, b, err := ends[1].ReadMessage(); err != nil || op != wsframe.Text || string(b) != want {
						t.Fatalf("message %d: %d bytes, %v", i, len(b), err)
					}
				}
			}
		})
	}
}

// A message that is not smaller compressed goes as it is.
func TestWhatDoesNotShrinkIsNotCompressed(t *testing.T) {
	t.Parallel()
	c, f := fed(nil, &deflate.NoTakeover, 0)
	random := make([]byte, 1000)
	_, _ = rand.NewChaCha8([32]byte{}).Read(random)
	for _, b := range [][]byte{random, []byte(many[:54])} {
		f.out.Reset()
		if err := c.WriteMessage(wsframe.Binary, b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wsframe.AppendFrame(nil, wsframe.Binary, b), f.out.Bytes()); diff != "" {
			t.Error(diff)
		}
	}
}

// stuck takes no bytes until the deadline for writing passes.
type stuck struct {
	feed
	net.Conn // of which the deadlines are
	writing  chan struct{}
}

func (s *stuck) Read(b []byte) (int, error)         { return s.feed.Read(b) }
func (s *stuck) SetReadDeadline(t time.Time) error  { return nil }
func (s *stuck) SetWriteDeadline(t time.Time) error { return s.Conn.SetWriteDeadline(t) }
func (s *stuck) Close() error                       { return s.Conn.Close() }
func (s *stuck) Write(b []byte) (int, error) {
	close(s.writing)
	return s.Conn.Write(b)
}

// A write that fails has left a part of a frame behind.
func TestNothingIsWrittenAfterAWriteThatFailed(t *testing.T) {
	t.Parallel()
	a, _ := net.Pipe()
	c := New(upgraded(a, nil), false, 0)
	c.SetWriteDeadline(time.Now())
	if err := c.WriteMessage(wsframe.Text, nil); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the first: %v", err)
	}
	c.SetWriteDeadline(time.Time{})
	for name, write := range map[string]func() error{
		"WriteMessage":  func() error { return c.WriteMessage(wsframe.Text, nil) },
		"WritePrepared": func() error { return c.WritePrepared(wsframe.NewPrepared(wsframe.Text, nil, nil)) },
		"Ping":          func() error { return c.Ping(nil) },
		"Close":         func() error { return c.Close(wsframe.StatusNormal, "") },
	} {
		if err := write(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Reading goes on while a writer is stuck, and the last ping is answered once it
// no longer is. Otherwise two ends that write more than fits in between could
// wait for each other for ever.
func TestPingsDoNotWaitForWriters(t *testing.T) {
	t.Parallel()
	a, b := net.Pipe()
	in := bytes.Join([][]byte{
		masked(wsframe.Ping, true, "1"), masked(wsframe.Ping, true, "2"), masked(wsframe.Text, true, "go on"),
	}, nil)
	s := &stuck{feed: feed{in: bytes.NewReader(in)}, Conn: a, writing: make(chan struct{})}
	c := New(upgraded(s, nil), false, 0)
	wrote := make(chan error, 1)
	go func() { wrote <- c.WriteMessage(wsframe.Text, []byte("stuck")) }()
	<-s.writing
	s.writing = make(chan struct{}) // for the pong
	if _, m, err := c.ReadMessage(); err != nil || string(m) != "go on" {
		t.Fatalf("got %q, %v", m, err)
	}
	want := "\x81\x05stuck" + "\x8a\x012"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(b, got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}

// A pong goes between the frames of a message that is being written.
func TestPongsGoBetweenFragments(t *testing.T) {
	t.Parallel()
	c, f := fed(nil, nil, 0)
	c.SetFragment(2)
	c.out.mu.Lock()
	c.out.answer([]byte("?")) // by who reads, while another goroutine is writing
	if err := c.out.message(wsframe.Text, false, []byte("abcd")); err != nil {
		t.Fatal(err)
	}
	c.out.unlock()
	if diff := cmp.Diff("\x01\x02ab"+"\x8a\x01?"+"\x80\x02cd", f.out.String()); diff != "" {
		t.Error(diff)
	}
}
