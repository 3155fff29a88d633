package wsconn

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
)

func TestClosing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code   wsframe.CloseCode
		reason string
		want   CloseError
		text   string
	}{
		{1001, "that is all", CloseError{1001, "that is all"}, `wsconn: peer closed with 1001 "that is all"`},
		{4000, "", CloseError{4000, ""}, "wsconn: peer closed with 4000"},
		{0, "", CloseError{}, "wsconn: peer closed"},
		{1005, "not to be sent", CloseError{}, "wsconn: peer closed"},
		{1000, strings.Repeat("x", 200), CloseError{1000, strings.Repeat("x", 120) + "..."},
			`wsconn: peer closed with 1000 "` + strings.Repeat("x", 120) + `..."`},
	} {
		for _, who := range []string{"client", "server"} {
			t.Run(tt.text+" "+who, func(t *testing.T) {
				t.Parallel()
				client, server := pair(t, nil, 0)
				ends := []*Conn{client, server}
				if who == "server" {
					ends = []*Conn{server, client}
				}
				closed := make(chan error, 1)
				go func() { closed <- ends[0].Close(tt.code, tt.reason) }()
				for _, c := range []*Conn{ends[1], ends[0]} { // the answer says the same
					var got *CloseError
					if _, _, err := c.ReadMessage(); !errors.As(err, &got) {
						t.Fatalf("ReadMessage: %v", err)
					}
					if diff := cmp.Diff(tt.want, *got); diff != "" {
						t.Error(diff)
					}
					if diff := cmp.Diff(tt.text, got.Error()); diff != "" {
						t.Error(diff)
					}
					if err := c.WriteMessage(wsframe.Text, nil); err != ErrClosed {
						t.Errorf("writing afterwards: %v", err)
					}
					if err := c.Close(wsframe.StatusNormal, ""); err != nil {
						t.Errorf("closing once more: %v", err)
					}
				}
				if err := <-closed; err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
	}
}

func TestBothClose(t *testing.T) {
	t.Parallel()
	client, server := pair(t, nil, 0)
	errs := make(chan error, 2)
	for _, c := range []*Conn{client, server} {
		go func() { errs <- c.Close(wsframe.StatusNormal, "") }()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// Close also ends a ReadMessage in another goroutine, and lets messages through
// that come before the peer's close frame.
func TestClosingWhileReading(t *testing.T) {
	t.Parallel()
	client, server := pair(t, nil, 0)
	reading := make(chan error, 1)
	go func() {
		_, _, err := client.ReadMessage()
		reading <- err
	}()
	go echo(server)
	if err := client.Close(wsframe.StatusNormal, ""); err != nil {
		t.Error(err)
	}
	var closed *CloseError
	if err := <-reading; !errors.As(err, &closed) {
		t.Errorf("ReadMessage: %v", err)
	}
}

// A message that was lent stays as it is while another goroutine closes: its memory
// must not go to anybody else.
func TestClosingLeavesMessagesAlone(t *testing.T) {
	t.Parallel()
	for mode, p := range modes {
		for name, size := range map[string]int{"short": 99, "long": len(many)} {
			t.Run(mode+" "+name, func(t *testing.T) {
				t.Parallel()
				client, server := pair(t, p, 0)
				go func() {
					_ = server.WriteMessage(wsframe.Text, []byte(many[:size]))
					_ = server.WriteMessage(wsframe.Text, bytes.Repeat([]byte("x"), size))
					_, _, _ = server.ReadMessage()
				}()
				_, b, err := client.ReadMessage()
				if err != nil {
					t.Fatal(err)
				}
				if err := client.Close(wsframe.StatusNormal, ""); err != nil {
					t.Error(err)
				}
				// Others would get what was given back.
				for range 4 {
					clear(chunks.Get().(*chunk)[:])
					f := newBuffer(size)
					clear(f.b[:cap(f.b)])
				}
				if string(b) != many[:size] {
					t.Error("the message changed")
				}
			})
		}
	}
}

// The close frame arrives even though the peer has sent more than anybody read:
// closing TCP at once would reset the connection.
func TestCloseFramesAreNotLost(t *testing.T) {
	t.Parallel()
	a, b := sockets(t)
	server := New(upgraded(b, nil), false, 10)
	go func() {
		_, _, _ = server.ReadMessage()
	}()
	sent := make(chan error, 1)
	go func() {
		_, err := a.Write(masked(wsframe.Binary, true, strings.Repeat("x", 8<<20)))
		if err == nil {
			err = a.(*net.TCPConn).CloseWrite()
		}
		sent <- err
	}()
	a.SetReadDeadline(time.Now().Add(20 * time.Second))
	got, err := io.ReadAll(a)
	if err != nil {
		t.Error(err)
	}
	want := (&wsframe.Error{Code: wsframe.StatusTooBig, Text: "maximum payload exceeded"}).AppendClose(nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := <-sent; err != nil {
		t.Errorf("sending: %v", err)
	}
}

// A peer that goes without a word.
func TestPeerThatHangsUp(t *testing.T) {
	t.Parallel()
	client, server := pair(t, nil, 0)
	if err := client.NetConn().Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := server.ReadMessage(); err != io.ErrUnexpectedEOF {
		t.Errorf("the server read: %v", err)
	}
	if _, _, err := client.ReadMessage(); err != ErrClosed {
		t.Errorf("the client read: %v", err)
	}
	if err := server.WriteMessage(wsframe.Text, nil); err != ErrClosed {
		t.Errorf("the server wrote: %v", err)
	}
	if err := server.Close(wsframe.StatusNormal, ""); err != io.ErrUnexpectedEOF {
		t.Errorf("the server closed: %v", err)
	}
}

// A peer that takes the close frame and does nothing, and one that takes nothing.
func TestClosingTakesLimitedTime(t *testing.T) {
	t.Parallel()
	for name, peer := range map[string]func(net.Conn){
		"silent": func(nc net.Conn) { _, _ = io.Copy(io.Discard, nc) },
		"dead":   func(net.Conn) {},
		"chatty": func(nc net.Conn) {
			go io.Copy(io.Discard, nc)
			for {
				if _, err := nc.Write(wsframe.AppendFrame(nil, wsframe.Text, []byte("blah"))); err != nil {
					return
				}
				<-time.After(time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a, b := net.Pipe()
				defer b.Close()
				c := New(upgraded(a, nil), true, 0)
				var peers sync.WaitGroup
				peers.Go(func() { peer(b) })
				begun := time.Now()
				if err := c.Close(wsframe.StatusNormal, ""); err == nil {
					t.Error("Close: no error")
				}
				if took := time.Since(begun); took != closeWait {
					t.Errorf("it took %v", took)
				}
				_ = b.Close()
				peers.Wait()
			})
		})
	}
}

// A writer that is stuck has no more time than closing has. (A mutex is nothing that
// synctest knows to wait for, so this takes real time.)
func TestClosingEndsWriters(t *testing.T) {
	t.Parallel()
	a, b := net.Pipe()
	defer b.Close()
	s := &stuck{feed: feed{in: strings.NewReader("")}, Conn: a, writing: make(chan struct{})}
	c := New(upgraded(s, nil), false, 0)
	wrote := make(chan error, 1)
	go func() { wrote <- c.WriteMessage(wsframe.Text, []byte("hello")) }()
	<-s.writing
	if err := c.Close(wsframe.StatusNormal, ""); !isTimeout(err) {
		t.Errorf("Close: %v", err)
	}
	if err := <-wrote; !isTimeout(err) {
		t.Errorf("WriteMessage: %v", err)
	}
	if _, _, err := c.ReadMessage(); err == nil {
		t.Error("ReadMessage: no error")
	}
}

// A client gives the server the time to close TCP first, and a server the client
// the time to read.
func TestHangingUpTakesLimitedTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		defer b.Close()
		c := New(upgraded(a, nil), true, 0)
		go func() {
			_, _ = b.Write(wsframe.AppendClose(nil, wsframe.StatusNormal, ""))
			_, _ = io.Copy(io.Discard, b) // and does not close
		}()
		begun := time.Now()
		var closed *CloseError
		if _, _, err := c.ReadMessage(); !errors.As(err, &closed) {
			t.Errorf("ReadMessage: %v", err)
		}
		if took := time.Since(begun); took != closeWait {
			t.Errorf("it took %v", took)
		}
	})
}

// Deadlines of the caller do not keep a connection open that closes.
func TestDeadlinesDoNotOutlastClosing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		defer b.Close()
		c := New(upgraded(a, nil), true, 0)
		go io.Copy(io.Discard, b)
		closed := make(chan error, 1)
		go func() { closed <- c.Close(wsframe.StatusNormal, "") }()
		synctest.Wait()
		if err := c.SetDeadline(time.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
		begun := time.Now()
		if err := <-closed; err != ErrClosed {
			t.Errorf("Close: %v", err)
		}
		if took := time.Since(begun); took != closeWait {
			t.Errorf("it took %v", took)
		}
	})
}
