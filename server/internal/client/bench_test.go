package client

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
)

// socket returns a session over TCP that nobody serves: the caller is its read
// loop. A goroutine throws away what it is sent.
func socket(tb testing.TB, env *Env, id uint64) *Client {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer ln.Close()
	near, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	far, err := ln.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	c := conn.New(far, 64<<20, false)
	cl := New(env, c, id, time.Now())
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		buf := make([]byte, 64<<10)
		for {
			if _, err := near.Read(buf); err != nil {
				return
			}
		}
	}()
	tb.Cleanup(func() {
		cl.end(io.EOF)
		near.Close()
		c.Finish()
		<-drained
	})
	return cl
}

// feed is a read of the given bytes.
func feed(tb testing.TB, c *Client, b []byte) {
	if used, _, err := c.Receive(b, nil); used != len(b) || err != nil {
		tb.Fatalf("%d of %d bytes used: %v", used, len(b), err)
	}
}

// publisherOf returns a publisher and what it publishes over and over.
func publisherOf(tb testing.TB, header bool, subs string) (*Client, []byte) {
	tb.Helper()
	log, err := logging.New(logging.Config{Discard: true})
	if err != nil {
		tb.Fatal(err)
	}
	env := openEnv(log)
	env.SetSettings(&Settings{Info: protocol.Info{Headers: true}, WriteDeadline: time.Minute, MaxPending: 64 << 20})
	publisher, subscriber := socket(tb, env, 1), socket(tb, env, 2)
	for _, c := range []*Client{publisher, subscriber} {
		feed(tb, c, []byte(quietLine+"\r\n"))
	}
	feed(tb, subscriber, []byte(subs))
	if header {
		return publisher, []byte("HPUB orders.eu 18 34\r\nNATS/1.0\r\nA: b\r\n\r\n0123456789abcdef\r\n")
	}
	return publisher, []byte("PUB orders.eu 16\r\n0123456789abcdef\r\n")
}

// ways are the ways of a message that allocate nothing.
var ways = []struct {
	name   string
	header bool
	subs   string
}{
	{"PUB", false, "SUB orders.eu 1\r\n"},
	{"HPUB", true, "SUB orders.eu 1\r\n"},
	{"Queue", false, "SUB orders.* q 1\r\nSUB orders.* q 2\r\nSUB orders.eu q 3\r\n"},
	{"Nobody", false, "SUB other 1\r\n"},
}

func TestReceiveToDeliverAllocatesNothing(t *testing.T) {
	if underRace {
		t.Skip("pools forget what they hold under the race detector")
	}
	for _, way := range ways {
		publisher, sent := publisherOf(t, way.header, way.subs)
		feed(t, publisher, sent)
		if n := testing.AllocsPerRun(1000, func() { feed(t, publisher, sent) }); n != 0 {
			t.Errorf("%s: %v allocations", way.name, n)
		}
	}
}

func BenchmarkReceiveToDeliver(b *testing.B) {
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			publisher, sent := publisherOf(b, way.header, way.subs)
			b.ReportAllocs()
			for b.Loop() {
				feed(b, publisher, sent)
			}
		})
	}
}
