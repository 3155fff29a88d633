package browser

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// compression runs a test with and without compression of the listener.
// Browsers ask for it always.
func compression(t *testing.T, f func(t *testing.T, compressed bool, block string)) {
	for _, compressed := range []bool{false, true} {
		t.Run(fmt.Sprintf("compression %t", compressed), func(t *testing.T) {
			t.Parallel()
			f(t, compressed, fmt.Sprintf("compression: %t", compressed))
		})
	}
}

// tcp is a client over TCP on the same server.
func tcp(t *testing.T, s *proc.Server) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(s.URL(), nats.Timeout(proc.Patience))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// noise is incompressible.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

func letters(n int) []byte {
	return bytes.Repeat([]byte("to and fro "), n/11+1)[:n]
}

func TestConnectNegotiatesCompression(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, compressed bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block, config: "server_name: west\nmax_payload: 2048"})
			c := p.connect(t, nil, s.WebSocket())
			want := info{ServerName: "west", MaxPayload: 2048}
			got := c.info
			got.Port = 0
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("INFO (-want +got):\n%s", diff)
			}
			extensions := p.sockets(t, s.WebSocket())[0].Extensions
			if got := strings.Contains(extensions, "permessage-deflate"); got != compressed {
				t.Errorf("extensions %q", extensions)
			}
		})
	})
}

func TestPublishAndSubscribe(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, _ bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block})
			c, other := p.connect(t, nil, s.WebSocket()), p.connect(t, nil, s.WebSocket())
			sub := other.subscribe(t, "weather.>")
			sent := []message{
				{Subject: "weather.oslo", Data: []byte("rain")},
				{Subject: "weather.rome", Data: []byte{}},
				{Subject: "weather.bath", Data: []byte("fog\r\n\x00\xff"), Headers: map[string]string{"Station": "roof"}},
			}
			c.publish(t, sent...)
			if d := diff(sent, other.next(t, sub, len(sent))); d != "" {
				t.Errorf("messages (-sent +received):\n%s", d)
			}
		})
	})
}

func TestRequestAndReply(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, _ bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block})
			c, other := p.connect(t, nil, s.WebSocket()), p.connect(t, nil, s.WebSocket())
			p.call(t, "echo", args{"client": other.id, "subject": "echo"}, nil)
			ask := message{Subject: "echo", Data: letters(500), Headers: map[string]string{"Turn": "1"}}
			reply := c.request(t, ask)
			reply.Subject = ask.Subject
			if diff := cmp.Diff(ask, reply); diff != "" {
				t.Errorf("reply (-want +got):\n%s", diff)
			}
			err := p.try("request", args{"client": c.id, "message": message{Subject: "nobody"}}, nil)
			if err == nil || !strings.Contains(err.Error(), "no responders") {
				t.Errorf("request to nobody: error %v", err)
			}
		})
	})
}

// TestPayloadSizes sends payloads around the limits of frames to the browser
// and back, from and to a client over TCP.
func TestPayloadSizes(t *testing.T) {
	t.Parallel()
	const limit = 4 << 20
	sizes := []int{0, 1, 125, 126, 4095, 4096, 4097, 8192, 65535, 65536, 300_000, 1<<20 + 1, limit}
	p := openPage(t)
	compression(t, func(t *testing.T, compressed bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block, config: fmt.Sprint("max_payload: ", limit)})
			c, nc := p.connect(t, nil, s.WebSocket()), tcp(t, s)
			down := c.subscribe(t, "down")
			up, err := nc.SubscribeSync("up")
			if err != nil {
				t.Fatal(err)
			}
			if err := nc.FlushTimeout(proc.Patience); err != nil {
				t.Fatal(err)
			}
			for _, size := range sizes {
				for _, payload := range [][]byte{noise(size), letters(size)} {
					if err := nc.Publish("down", payload); err != nil {
						t.Fatal(err)
					}
					got := c.next(t, down, 1)[0].Data
					if !bytes.Equal(got, payload) {
						t.Fatalf("down: %d bytes are not the %d that were sent", len(got), size)
					}
					if target == proc.Reference && compressed && size == limit {
						continue // it takes the line before the payload for a part of it
					}
					c.publish(t, message{Subject: "up", Data: payload})
					msg, err := up.NextMsg(proc.Patience)
					if err != nil {
						t.Fatalf("up: %d bytes: %v", size, err)
					}
					if !bytes.Equal(msg.Data, payload) {
						t.Fatalf("up: %d bytes are not the %d that were sent", len(msg.Data), size)
					}
				}
			}
			if largest := p.sockets(t, s.WebSocket())[0].Largest; !compressed && largest > 4096 {
				t.Errorf("a message of %d bytes, want at most 4096 for a browser", largest)
			}
		})
	})
}

// TestManyMessagesKeepTheirOrder lets small messages share frames.
func TestManyMessagesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, _ bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block})
			c := p.connect(t, nil, s.WebSocket())
			sub := c.subscribe(t, "count.*")
			var sent []message
			for i := range 1000 {
				sent = append(sent, message{Subject: fmt.Sprint("count.", i), Data: letters(i % 200)})
			}
			c.publish(t, sent...)
			if d := diff(sent, c.next(t, sub, len(sent))); d != "" {
				t.Errorf("messages (-sent +received):\n%s", d)
			}
		})
	})
}

// TestManyConnectionsGetTheSame: what is made once for all of them must suit
// each.
func TestManyConnectionsGetTheSame(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	compression(t, func(t *testing.T, _ bool, block string) {
		proc.Each(t, func(t *testing.T, target *proc.Target) {
			s := start(t, target, setup{block: block})
			var clients []*client
			var subs []int
			for range 20 {
				c := p.connect(t, nil, s.WebSocket())
				clients, subs = append(clients, c), append(subs, c.subscribe(t, "all"))
			}
			var sent []message
			for i := range 60 {
				sent = append(sent, message{Subject: "all", Data: append(letters(i*100), noise(i)...)})
			}
			nc := tcp(t, s)
			for _, m := range sent {
				if err := nc.Publish(m.Subject, m.Data); err != nil {
					t.Fatal(err)
				}
			}
			for i, c := range clients {
				if d := diff(sent, c.next(t, subs[i], len(sent))); d != "" {
					t.Errorf("client %d: messages (-sent +received):\n%s", i, d)
				}
			}
		})
	})
}
