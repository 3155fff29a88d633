package ws

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answer is a sound response without extensions.
const answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + acceptKey + "\r\n\r\n"

// granted is what a server answers to the offer.
const granted = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n\r\n"

func withExtensions(line string) string { return strings.TrimSuffix(answer, "\r\n") + line }

func TestReadResponse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		response string
		deflate  bool
		wantErr  string
	}{
		"plain":               {answer, false, ""},
		"names in lower case": {strings.Replace(answer, "Sec-WebSocket-Accept", "sec-websocket-accept", 1), false, ""},
		"compressed":          {withExtensions(granted), true, ""},
		"refused":             {"HTTP/1.1 403 Forbidden\r\n\r\n", false, "403"},
		"no compression":      {answer, true, "asked for"},
		"with memory":         {withExtensions("Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"), true, "asked for"},
		"unasked":             {withExtensions(granted), false, "unasked"},
		"other key":           {strings.Replace(answer, acceptKey, requestKey, 1), false, "accept key"},
		"cut":                 {answer[:50], false, "EOF"},
		"endless":             {"HTTP/1.1 101 x\r\n" + strings.Repeat("A: b\r\n", 2000), false, "more than"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := ReadResponse(bufio.NewReader(strings.NewReader(tt.response)), tt.deflate)
			switch {
			case tt.wantErr == "" && err != nil:
				t.Error(err)
			case tt.wantErr != "" && (!errors.Is(err, ErrHandshake) || !strings.Contains(err.Error(), tt.wantErr)):
				t.Errorf("error is %v, want one with %q", err, tt.wantErr)
			}
		})
	}
}

func TestRequestNamesNoBrowser(t *testing.T) {
	t.Parallel()
	want := "GET / HTTP/1.1\r\nHost: h:1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	if d := cmp.Diff(want, string(Request("h:1", false))); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
	if !strings.Contains(string(Request("h:1", true)), "\r\nSec-WebSocket-Extensions: "+offer+"\r\n") {
		t.Error("no offer")
	}
}

// server plays the other end of a connection: it reads the request, then writes everything given.
func server(t *testing.T, c net.Conn, response string, frames ...[]byte) <-chan string {
	t.Helper()
	heard := make(chan string, 1)
	go func() {
		defer c.Close()
		r := bufio.NewReader(c)
		for line := ""; line != "\r\n"; {
			var err error
			if line, err = r.ReadString('\n'); err != nil {
				heard <- err.Error()
				return
			}
		}
		io.WriteString(c, response)
		for _, f := range frames {
			c.Write(f)
		}
		rest, _ := io.ReadAll(r)
		heard <- string(rest)
	}()
	return heard
}

// upgraded returns a connection to such a server.
func upgraded(t *testing.T, frames ...[]byte) (c *Conn, nc net.Conn, heard <-chan string) {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { near.Close() })
	heard = server(t, far, answer, frames...)
	c, err := Upgrade(near, "h:1", false)
	if err != nil {
		t.Fatal(err)
	}
	return c, near, heard
}

func TestConnReadsAndWrites(t *testing.T) {
	t.Parallel()
	c, nc, heard := upgraded(t, serverFrame(0x82, []byte("INFO {}\r\n")), serverFrame(0x82, []byte("more")))
	got := make([]byte, len("INFO {}\r\nmore"))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "INFO {}\r\nmore" {
		t.Fatalf("read %q, %v", got, err)
	}
	if n, err := c.Write([]byte("PING\r\n")); n != 6 || err != nil {
		t.Fatalf("wrote %d, %v", n, err)
	}
	nc.Close()
	frame := []byte(<-heard)
	if len(frame) != 2+4+6 || frame[0] != 0x82 || frame[1] != 0x86 {
		t.Fatalf("server got % x", frame)
	}
	for i := range 6 {
		frame[6+i] ^= frame[2+i%4]
	}
	if got := string(frame[6:]); got != "PING\r\n" {
		t.Errorf("server got %q", got)
	}
}

func TestConnPushesWhatWasReadFirst(t *testing.T) {
	t.Parallel()
	// One write: the buffer takes in more than is asked for.
	both := append(serverFrame(0x82, []byte("PONG\r\n")), serverFrame(0x82, []byte("MSG"))...)
	second := serverFrame(0x82, []byte(" 1"))
	both = append(both, second[:1]...)
	c, _, _ := upgraded(t, both)
	if _, err := io.ReadFull(c, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	var got string
	feed, err := c.Push(func(b []byte) error {
		got += string(b)
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := feed(second[1:]); err != nil || got != "G\r\nMSG 1" {
		t.Errorf("pushed %q, %v", got, err)
	}
}

func TestConnAnswersPing(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	defer far.Close()
	c := &Conn{nc: near}
	go func() {
		c.control(Ping, []byte("abc"))
		near.Close()
	}()
	got, err := io.ReadAll(far)
	if err != nil || len(got) != 9 || got[0] != 0x8a || got[6]^got[2] != 'a' {
		t.Errorf("answer % x, %v", got, err)
	}
}

func TestConnTellsWhyTheServerClosed(t *testing.T) {
	t.Parallel()
	for want, payload := range map[string]string{
		`1008 "Authentication Failure"`: "\x03\xf0Authentication Failure",
		"server closed":                 "",
	} {
		c, _, _ := upgraded(t, serverFrame(0x88, []byte(payload)))
		if _, err := c.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one with %q", err, want)
		}
	}
}
