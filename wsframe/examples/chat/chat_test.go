package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

// patience bounds waits that end at once when all is well.
const patience = 20 * time.Second

// open runs the command until the test ends and returns its address.
func open(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	at, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- run(ctx, "127.0.0.1:0", func(a net.Addr) { at <- a }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case a := <-at:
		return a.String()
	case err := <-ended:
		ended <- err
		t.Fatal(err)
		return ""
	}
}

func join(t *testing.T, addr string, d *handshake.Dialer) *wsconn.Conn {
	t.Helper()
	c, err := wsconn.Dial(t.Context(), "ws://"+addr+"/chat", d)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close(wsframe.StatusNormal, "") })
	return c
}

// from is a browser that shows a page of the given origin.
func from(origin string) *handshake.Dialer {
	return &handshake.Dialer{Fields: []handshake.Field{{Name: "Origin", Value: origin}}}
}

func TestEverybodyHearsEverybody(t *testing.T) {
	t.Parallel()
	addr := open(t)
	members := []*wsconn.Conn{
		join(t, addr, nil),
		join(t, addr, &handshake.Dialer{Deflate: &deflate.Params{}}),
		join(t, addr, from("http://"+addr)),
	}
	for i, m := range members {
		said := fmt.Sprintf("%d: %s", i, strings.Repeat("hello ", 100))
		if err := m.WriteMessage(wsframe.Text, []byte(said)); err != nil {
			t.Fatal(err)
		}
		for j, other := range members {
			op, heard, err := other.ReadMessage()
			if err != nil || op != wsframe.Text {
				t.Fatalf("%d hears %v, %v", j, op, err)
			}
			if diff := cmp.Diff(said, string(heard)); diff != "" {
				t.Errorf("%d hears: %s", j, diff)
			}
		}
	}
}

func TestForeignPagesAreRefused(t *testing.T) {
	t.Parallel()
	addr := open(t)
	_, err := wsconn.Dial(t.Context(), "ws://"+addr+"/chat", from("http://elsewhere.example"))
	if err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("got %v, want status 403", err)
	}
}

func TestBadMessagesEndAMembership(t *testing.T) {
	t.Parallel()
	addr := open(t)
	for _, tt := range []struct {
		op   wsframe.Opcode
		size int
		want wsframe.CloseCode
	}{
		{wsframe.Binary, 1, wsframe.StatusUnsupportedData},
		{wsframe.Text, maxLine + 1, wsframe.StatusTooBig},
	} {
		m := join(t, addr, nil)
		if err := m.WriteMessage(tt.op, []byte(strings.Repeat("x", tt.size))); err != nil {
			t.Fatal(err)
		}
		_, _, err := m.ReadMessage()
		var bye *wsconn.CloseError
		if !errors.As(err, &bye) || bye.Code != tt.want {
			t.Errorf("%v of %d bytes: got %v, want %v", tt.op, tt.size, err, tt.want)
		}
	}
}

func TestPageIsServed(t *testing.T) {
	t.Parallel()
	resp, err := http.Get("http://" + open(t) + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(b), "new WebSocket(") || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%v, %v, %.100s", resp.Header, err, b)
	}
}
