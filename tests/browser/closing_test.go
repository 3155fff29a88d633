package browser

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

const hello = "CONNECT {\"verbose\":false,\"protocol\":1}\r\nPING\r\n"

// ending is a way in which the server ends a connection.
type ending struct {
	name   string
	config string
	sends  string
	signal syscall.Signal
	says   string // before it closes
	want   closing
	loses  bool // the reference does not get the frame out, most times
}

// TestServerTellsWhyItCloses looks at the CloseEvent of the browser.
func TestServerTellsWhyItCloses(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	for _, test := range []ending{
		{name: "shutdown", sends: hello, signal: syscall.SIGTERM, want: closing{1001, "Server Shutdown", true}},
		{name: "lame duck mode", config: "lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"100ms\"", sends: hello,
			signal: syscall.SIGUSR2, says: `"ldm":true`, want: closing{1001, "Server Shutdown", true}},
		{name: "no such operation", sends: hello + "NONSENSE\r\n", says: "-ERR 'Unknown Protocol Operation'",
			want: closing{1002, "Protocol Violation", true}, loses: true},
		{name: "nonsense at once", sends: "NONSENSE\r\n", says: "-ERR 'Unknown Protocol Operation'",
			want: closing{1002, "Protocol Violation", true}, loses: true},
		{name: "wrong password", config: "authorization { user: ann, password: secret }", sends: hello,
			says: "-ERR 'Authorization Violation'", want: closing{1008, "Authentication Failure", true}},
		{name: "no CONNECT in time", config: "authorization { user: ann, password: secret, timeout: 0.1 }",
			says: "-ERR 'Authentication Timeout'", want: closing{1008, "Authentication Timeout", true}},
		{name: "payload too large", config: "max_payload: 100", sends: hello + "PUB foo 101\r\n",
			says: "-ERR 'Maximum Payload Violation'", want: closing{1009, "Maximum Message Payload Exceeded", true}},
		{name: "line too long", config: "max_control_line: 100", sends: hello + "PUB " + strings.Repeat("a", 200) + " 1\r\n",
			says: "-ERR 'maximum control line exceeded'", want: closing{1008, "Maximum Control Line Exceeded", true}},
		{name: "no answers to PING", config: "ping_interval: \"50ms\"\nping_max: 1", sends: hello,
			says: "-ERR 'Stale Connection'", want: closing{1001, "Stale Connection", true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			compression(t, func(t *testing.T, _ bool, block string) {
				proc.Each(t, func(t *testing.T, target *proc.Target) {
					test.check(t, p, target, block)
				})
			})
		})
	}
}

func (e ending) check(t *testing.T, p *page, target *proc.Target, block string) {
	t.Helper()
	s := start(t, target, setup{block: block, config: e.config})
	r := p.open(t, s.WebSocket())
	r.read(t, "INFO {")
	if e.sends != "" {
		r.send(t, e.sends)
	}
	if e.signal != 0 {
		r.read(t, "PONG")
		s.Signal(t, e.signal)
	}
	got := r.closed(t)
	if target == proc.Reference {
		got.Clean = true // it may not wait for the browser's answer
		if e.loses && got.Code == 1006 {
			return
		}
	}
	if diff := cmp.Diff(e.want, got); diff != "" {
		t.Errorf("end (-want +got):\n%s", diff)
	}
	if text := r.read(t, "INFO"); !strings.Contains(text, e.says) {
		t.Errorf("before the end it said %q, want %q", text, e.says)
	}
}

func TestConnectionAboveLimitIsToldWhy(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := start(t, target, setup{config: "max_connections: 1"})
		first := p.open(t, s.WebSocket())
		first.send(t, hello)
		first.read(t, "PONG")
		second := p.open(t, s.WebSocket())
		if diff := cmp.Diff(closing{1008, "Maximum Connections Exceeded", true}, second.closed(t)); diff != "" {
			t.Errorf("end (-want +got):\n%s", diff)
		}
		if text := second.read(t, "INFO"); !strings.Contains(text, "-ERR 'maximum connections exceeded'") {
			t.Errorf("before the end it said %q", text)
		}
		first.send(t, "SUB still 1\r\nPUB still 4\r\nhere\r\n")
		first.read(t, "MSG still 1 4\r\nhere\r\n")
	})
}

// TestPageCloses: the server answers with what the page said.
func TestPageCloses(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	for _, test := range []struct {
		name string
		send closing // the zero value says nothing
		want closing
	}{
		{name: "without a code", want: closing{1005, "", true}},
		{name: "with a code", send: closing{Code: 1000}, want: closing{1000, "", true}},
		{name: "with a reason", send: closing{Code: 1000, Reason: "bye"}, want: closing{1000, "bye", true}},
		{name: "with a code of its own", send: closing{Code: 4999, Reason: "Grüße"}, want: closing{4999, "Grüße", true}},
		{name: "with the longest reason", send: closing{Code: 3000, Reason: strings.Repeat("x", 123)}, want: closing{3000, strings.Repeat("x", 123), true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				s := start(t, target, setup{})
				r := p.open(t, s.WebSocket())
				r.send(t, hello)
				r.read(t, "PONG")
				var got closing
				p.call(t, "shut", args{"socket": r.id, "code": test.send.Code, "reason": test.send.Reason}, &got)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("end (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestPageThatGoesAwayIsGone: leaving a page, or closing its tab, closes its
// connections properly.
func TestPageThatGoesAwayIsGone(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := start(t, target, setup{})
		f := p.frame(t, p.origin, false)
		r := f.open(t, s.WebSocket())
		r.send(t, hello)
		r.read(t, "PONG")
		f.leave(t)
		awaitReason(t, s, "Client Closed")
	})
}

// TestTextMessagesAreAsGoodAsBinary: a line may begin in one and end in
// another.
func TestTextMessagesAreAsGoodAsBinary(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, _ bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block})
			r := p.open(t, s.WebSocket()+"/any/path?and=query")
			r.send(t, hello+"SUB gre")
			p.call(t, "send", args{"socket": r.id, "text": "et 1\r\nPUB greet 7\r\nGr", "binary": true}, nil)
			r.send(t, "üße")
			p.call(t, "send", args{"socket": r.id, "text": "\r\n", "binary": true}, nil)
			r.read(t, "MSG greet 1 7\r\nGrüße\r\n")
		})
	})
}

// TestSubprotocols: browsers insist on an answer to an offer.
func TestSubprotocols(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := start(t, target, setup{})
		if _, err := p.tryOpen(s.WebSocket(), "nats"); err == nil || err.Error() != "Error: closed with 1006" {
			t.Errorf("open with an offer: error %v", err)
		}
		if _, err := p.tryOpen(s.WebSocket() + "/mqtt"); err == nil {
			t.Error("opened the way to MQTT, which is not configured")
		}
	})
}

// TestLargeDeliveriesComeInPieces: a browser gets no message above 4096 bytes.
func TestLargeDeliveriesComeInPieces(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, compressed bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block})
			r := p.open(t, s.WebSocket())
			payload := strings.Repeat("to and fro ", 10_000)
			r.send(t, fmt.Sprintf("%sSUB big 1\r\nPUB big %d\r\n%s\r\nPING\r\n", hello, len(payload), payload))
			text := r.read(t, payload)
			if !strings.Contains(text, fmt.Sprintf("MSG big 1 %d\r\n%s\r\n", len(payload), payload)) {
				t.Error("the payload is not what was sent")
			}
			if got := p.sockets(t, s.WebSocket())[0]; !compressed && got.Largest > 4096 {
				t.Errorf("a message of %d bytes", got.Largest)
			}
		})
	})
}
