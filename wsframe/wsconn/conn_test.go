package wsconn

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// echo sends everything back until the end.
func echo(c *Conn) {
	for {
		op, b, err := c.ReadMessage()
		if err != nil || c.WriteMessage(op, b) != nil {
			_ = c.Close(wsframe.StatusNormal, "")
			return
		}
	}
}

// serve returns the URL of a server that runs handle for each connection, with
// TLS if scheme is wss.
func serve(t *testing.T, scheme string, o *handshake.Options, handle func(*Conn)) (string, *handshake.Dialer) {
	t.Helper()
	var served sync.WaitGroup
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		defer served.Done()
		c, err := Accept(w, r, o)
		if err != nil {
			return
		}
		handle(c)
	}))
	d := new(handshake.Dialer)
	if scheme == "wss" {
		srv.StartTLS()
		d.TLS = srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	} else {
		srv.Start()
	}
	t.Cleanup(func() {
		served.Wait()
		srv.Close()
	})
	_, addr, _ := strings.Cut(srv.URL, "://")
	return scheme + "://" + addr, d
}

// A handshake over HTTP, and messages of all sizes both ways.
func TestMessagesComeBack(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"ws", "wss"} {
		for mode, offer := range modes {
			t.Run(scheme+" "+mode, func(t *testing.T) {
				t.Parallel()
				policy := &deflate.Policy{ServerContextTakeover: true, ClientContextTakeover: true, MinServerBits: deflate.MinWindowBits}
				url, d := serve(t, scheme, &handshake.Options{Deflate: policy}, echo)
				d.Deflate = offer
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				c, err := Dial(ctx, url, d)
				if err != nil {
					t.Fatal(err)
				}
				if got := c.out.compress; got != (offer != nil) {
					t.Fatalf("compression agreed: %v", got)
				}
				if err := c.Ping([]byte("are you there")); err != nil {
					t.Fatal(err)
				}
				for _, n := range []int{0, 1, 63, 64, 125, 126, 1000, 4096, 65535, 65536, DefaultLimit} {
					want := strings.ToValidUTF8(strings.Repeat("grüß Gott! ", n/12+1)[:n], "")
					if err := c.WriteMessage(wsframe.Text, []byte(want)); err != nil {
						t.Fatal(err)
					}
					op, got, err := c.ReadMessage()
					if err != nil || op != wsframe.Text || string(got) != want {
						t.Fatalf("%d bytes came back as %v, %d bytes, %v", len(want), op, len(got), err)
					}
				}
				if err := c.Close(wsframe.StatusNormal, ""); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
	}
}

func TestUnixSockets(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Skip(err)
	}
	defer ln.Close()
	a, err := net.Dial("unix", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	b, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	go echo(New(upgraded(b, nil), false, 0))
	c := New(upgraded(a, nil), true, 0)
	if err := c.WriteMessage(wsframe.Text, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, b, err := c.ReadMessage(); err != nil || string(b) != "hello" {
		t.Errorf("got %q, %v", b, err)
	}
	if err := c.Close(wsframe.StatusNormal, ""); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestHandshakesThatFail(t *testing.T) {
	t.Parallel()
	url, d := serve(t, "ws", &handshake.Options{}, echo)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := Dial(ctx, "ftp"+strings.TrimPrefix(url, "ws"), d); err == nil {
		t.Error("Dial of ftp: no error")
	}
	if _, err := Dial(ctx, "ws://127.0.0.1:1", nil); err == nil {
		t.Error("Dial of a closed port: no error")
	}
	w := httptest.NewRecorder()
	var refused *handshake.Error
	if _, err := Accept(w, httptest.NewRequest("GET", "/", nil), &handshake.Options{}); !errors.As(err, &refused) || w.Code != 400 {
		t.Errorf("Accept of no handshake: %v, answered %d", err, w.Code)
	}
}

func TestManyWriteAtOnce(t *testing.T) {
	t.Parallel()
	for mode, p := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			client, server := pair(t, p, 0)
			go echo(server)
			const writers, each = 8, 50
			for i := range writers {
				go func() {
					for range each {
						_ = client.WriteMessage(wsframe.Binary, bytes.Repeat([]byte{byte('a' + i)}, 100))
						_ = client.Ping([]byte{byte(i)})
					}
				}()
			}
			got := make(map[string]int)
			for range writers * each {
				_, b, err := client.ReadMessage()
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
		})
	}
}

// An idle connection is small, and on TCP nothing else belongs to it: what it
// borrowed is given back before it waits.
func TestIdleConnectionsHoldLittle(t *testing.T) {
	t.Parallel()
	if size := reflect.TypeFor[Conn]().Size(); size > 1<<10 {
		t.Errorf("a Conn has %d bytes", size)
	}
	for mode, p := range map[string]*deflate.Params{"plain": nil, "compressed": &deflate.NoTakeover} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			client, server := pair(t, p, 0)
			go echo(server)
			for range 3 {
				if err := client.WriteMessage(wsframe.Text, []byte(many)); err != nil {
					t.Fatal(err)
				}
				if _, b, err := client.ReadMessage(); err != nil || string(b) != many {
					t.Fatalf("got %d bytes, %v", len(b), err)
				}
			}
			client.SetReadDeadline(time.Now())
			if _, _, err := client.ReadMessage(); !isTimeout(err) {
				t.Fatalf("ReadMessage: %v", err)
			}
			m, s := &client.in.message, &client.in.source
			if client.out.chunk != nil || m.raw != nil || m.out != nil || client.in.windows != nil || client.out.takeover != nil ||
				s.idle != nil || s.chunk != nil && s.raw != nil {
				t.Errorf("holds on to memory: %+v", client)
			}
		})
	}
}
