package router

import (
	"testing"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// sink is a subscriber that lays the message out, as every real one does, and
// forgets it.
type sink struct {
	fake
	headers bool
}

func (s *sink) Deliver(m *message.Message, _ *message.Batch) account.Outcome {
	if s.headers {
		m.Full()
	} else {
		m.Plain()
	}
	return account.Delivered
}

// hot is a case of the publish path that allocates nothing.
type hot struct {
	name    string
	sub     string
	queue   string
	members int
	wire    string
	mapped  bool
}

var hots = []hot{
	{"1to0", "other", "", 1, "PUB foo.bar 2\r\nhi\r\n", false},
	{"1to1", "foo.bar", "", 1, "PUB foo.bar 2\r\nhi\r\n", false},
	{"1to1 wildcard", "foo.*", "", 1, "PUB foo.bar 2\r\nhi\r\n", false},
	{"1to100", "foo.bar", "", 100, "PUB foo.bar 2\r\nhi\r\n", false},
	{"queue of 10", "foo.bar", "q", 10, "PUB foo.bar 2\r\nhi\r\n", false},
	{"mapped", "new.bar", "", 1, "PUB old.bar 2\r\nhi\r\n", true},
	{"header", "foo.bar", "", 2, "HPUB foo.bar r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", false},
}

// prepare returns a function that publishes once.
func (h hot) prepare(tb testing.TB) func() {
	s := newScene(tb)
	for i := range h.members {
		if _, err := s.Interest.Insert(h.sub, h.queue, &sink{headers: i%2 == 0}); err != nil {
			tb.Fatal(err)
		}
	}
	if h.mapped {
		s.mapTo(tb, "old.*", "new.$1", 100)
	}
	p := protocol.Parser{Limits: protocol.Limits{Headers: true}}
	var op protocol.Op
	if n, err := p.Next([]byte(h.wire), &op); err != nil || n != len(h.wire) {
		tb.Fatalf("Next = %d, %v", n, err)
	}
	want := h.members
	switch {
	case h.queue != "":
		want = 1
	case h.sub == "other":
		want = 0
	}
	return func() {
		s.pass.Message.Load(&op, nil, s, false)
		if n := mapAndRoute(s.Account, &s.pass); n != want {
			tb.Fatalf("delivered to %d", n)
		}
	}
}

func TestPublishAllocatesNothing(t *testing.T) {
	for _, h := range hots {
		if got := testing.AllocsPerRun(100, h.prepare(t)); got != 0 {
			t.Errorf("%s: %v allocations", h.name, got)
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	for _, h := range hots {
		b.Run(h.name, func(b *testing.B) {
			publish := h.prepare(b)
			b.ReportAllocs()
			for b.Loop() {
				publish()
			}
		})
	}
}
