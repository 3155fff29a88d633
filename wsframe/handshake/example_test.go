package handshake_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// A handler of net/http takes the connection over. What is done with it
// afterwards is up to the program: here it says goodbye without a frame.
func ExampleUpgrade() {
	options := &handshake.Options{Deflate: &deflate.Policy{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := handshake.Upgrade(w, r, options)
		if err != nil {
			fmt.Println("refused:", err) // the client has its answer already
			return
		}
		defer ws.Conn.Close()
		_, _ = io.WriteString(ws.Conn, "frames go here")
	}))
	defer server.Close()

	ws, err := new(handshake.Dialer).Dial(context.Background(), strings.Replace(server.URL, "http", "ws", 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ws.Conn.Close()
	b, err := io.ReadAll(ws.Reader())
	fmt.Printf("%s, %v\n", b, err)

	resp, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output:
	// frames go here, <nil>
	// refused: invalid value for header 'Upgrade'
	// 400 Bad Request
}

// A server that reads its connections itself feeds what came, in whatever
// pieces, until the head is there.
func ExampleParseRequest() {
	origins, err := handshake.NewOrigins(false, []string{"https://app.example.com"})
	if err != nil {
		fmt.Println(err)
		return
	}
	options := &handshake.Options{Origins: origins}
	date := time.Date(2026, 11, 25, 4, 54, 18, 0, time.UTC)
	serve := func(received []byte) (answer []byte) {
		r, n, err := handshake.ParseRequest(received)
		if err != nil {
			return handshake.AppendError(nil, err, nil, date)
		}
		if n == 0 {
			return nil // wait for more
		}
		response, err := handshake.Accept(&r, true, options)
		if err != nil {
			return handshake.AppendError(nil, err, &r, date)
		}
		return handshake.AppendResponse(nil, &response) // received[n:] are frames
	}

	const head = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: https://app.example.com\r\n\r\n"
	show := func(answer []byte) {
		status, _, _ := strings.Cut(string(answer), "\r\n")
		fmt.Printf("%q\n", status)
	}
	show(serve([]byte(head[:50])))
	show(serve([]byte(head)))
	show(serve([]byte(strings.Replace(head, "app", "evil", 1))))
	show(serve([]byte("\x16\x03\x01")))
	// Output:
	// ""
	// "HTTP/1.1 101 Switching Protocols"
	// "HTTP/1.1 403 Forbidden"
	// "HTTP/1.1 400 Bad Request"
}

// A client offers compression and a sub-protocol, and learns what it got.
func ExampleDialer() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ws, err := handshake.Upgrade(w, r, &handshake.Options{Protocols: []string{"mqtt"}}); err == nil {
			_ = ws.Conn.Close()
		}
	}))
	defer server.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	d := handshake.Dialer{
		Protocols: []string{"mqtt"},
		Deflate:   &deflate.NoTakeover,
		Fields:    []handshake.Field{{Name: "Authorization", Value: "Bearer x"}},
	}
	ws, err := d.Dial(ctx, "ws://"+server.Listener.Addr().String()+"/mqtt")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ws.Conn.Close()
	fmt.Printf("protocol %q, compression %v\n", ws.Protocol, ws.Deflate)
	// Output:
	// protocol "mqtt", compression false
}

// Cookies are read without net/http.
func ExampleRequest_Cookies() {
	r, _, err := handshake.ParseRequest([]byte("GET / HTTP/1.1\r\nHost: a\r\nCookie: user=ann; token=\"t0p\"\r\n\r\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, value := range r.Cookies() {
		fmt.Println(name, value)
	}
	// Output:
	// user ann
	// token t0p
}
