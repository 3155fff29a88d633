package browser

import (
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// forever makes the library try again until the server is back.
var forever = args{"maxReconnectAttempts": -1}

func TestConnectionIsListedAsWebSocket(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := start(t, target, setup{})
		p.connect(t, args{"name": "tab"}, s.WebSocket())
		type connection struct {
			Kind string `json:"kind"`
			Type string `json:"type"`
			Name string `json:"name"`
			Lang string `json:"lang"`
			IP   string `json:"ip"`
		}
		var connz struct {
			Connections []connection `json:"connections"`
		}
		s.GetJSON(t, "/connz", &connz)
		want := []connection{{Kind: "Client", Type: "websocket", Name: "tab", Lang: "nats.ws", IP: "127.0.0.1"}}
		if diff := cmp.Diff(want, connz.Connections); diff != "" {
			t.Errorf("connections (-want +got):\n%s", diff)
		}
	})
}

// TestReconnectAfterRestart ends the server and starts another one at the
// same address: subscriptions come back by themselves.
func TestReconnectAfterRestart(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, _ bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block, config: "server_name: first"})
			c := p.connect(t, forever, s.WebSocket())
			sub := c.subscribe(t, "after")
			s.Signal(t, syscall.SIGTERM)
			if code := s.Wait(t); code != 0 {
				t.Errorf("exit code %d", code)
			}
			c.events(t, "disconnect")
			start(t, target, setup{block: block, config: "server_name: second", port: port(t, s)})
			seen := c.events(t, "reconnect")
			inOrder(t, seen, "disconnect", "reconnecting", "reconnect")
			if name := c.current(t).ServerName; name != "second" {
				t.Errorf("connected to %q", name)
			}
			want := message{Subject: "after", Data: letters(20_000)}
			c.publish(t, want)
			if d := diff([]message{want}, c.next(t, sub, 1)); d != "" {
				t.Errorf("message (-sent +received):\n%s", d)
			}
		})
	})
}

// inOrder holds if events begin in this order, whatever else there was.
func inOrder(t *testing.T, events []string, kinds ...string) {
	t.Helper()
	var first []string
	for _, e := range events {
		if slices.Contains(kinds, e) && !slices.Contains(first, e) {
			first = append(first, e)
		}
	}
	if diff := cmp.Diff(kinds, first); diff != "" {
		t.Errorf("events %v (-want +got):\n%s", events, diff)
	}
}

func port(t *testing.T, s *proc.Server) int {
	t.Helper()
	u, err := url.Parse(s.WebSocket())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestLameDuckModeSendsClientsAway has a second server for them to go to.
func TestLameDuckModeSendsClientsAway(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		const slow = "lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"200ms\"\n"
		duck := start(t, target, setup{config: slow + "server_name: duck"})
		other := start(t, target, setup{config: "server_name: other"})
		c := p.connect(t, args{"noRandomize": true, "maxReconnectAttempts": -1}, duck.WebSocket(), other.WebSocket())
		if c.info.ServerName != "duck" {
			t.Fatalf("connected to %q", c.info.ServerName)
		}
		sub := c.subscribe(t, "after")
		duck.Signal(t, syscall.SIGUSR2)
		seen := c.events(t, "reconnect")
		inOrder(t, seen, "ldm", "disconnect", "reconnect")
		if name := c.current(t).ServerName; name != "other" {
			t.Errorf("connected to %q", name)
		}
		c.publish(t, message{Subject: "after"})
		c.next(t, sub, 1)
		want := &closing{Code: 1001, Reason: "Server Shutdown", Clean: true}
		if diff := cmp.Diff(want, p.sockets(t, duck.WebSocket())[0].Closed); diff != "" {
			t.Errorf("end of the connection (-want +got):\n%s", diff)
		}
		if code := duck.Wait(t); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}

// TestServerPingsAreAnswered: keepalive is a matter of messages, since pages
// cannot send the pings of WebSocket and do not see those that come in.
func TestServerPingsAreAnswered(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := start(t, target, setup{block: "ping_interval: \"100ms\"", config: "ping_max: 3"})
		c := p.connect(t, nil, s.WebSocket())
		p.call(t, "messages", args{"url": s.WebSocket(), "count": 12}, nil)
		c.publish(t, message{Subject: "still.here"})
		if sockets := p.sockets(t, s.WebSocket()); len(sockets) != 1 || sockets[0].Closed != nil {
			t.Errorf("sockets %+v", sockets)
		}
	})
}
