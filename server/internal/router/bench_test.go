package router

import (
	"fmt"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// taker takes everything and keeps nothing.
type taker struct{ subscriber }

func (t *taker) Deliver(m *message.Message, _ *message.Batch) account.Outcome {
	m.Full()
	return account.Delivered
}

const (
	plainPub  = "PUB orders.eu.4711 16\r\n0123456789abcdef\r\n"
	headerPub = "HPUB orders.eu.4711 18 34\r\nNATS/1.0\r\nA: b\r\n\r\n0123456789abcdef\r\n"
)

// hotPaths are the publishes that allocate nothing.
var hotPaths = []struct {
	name, sent, queue string
	subscribers       int
	delivered         int
	mapped            bool
}{
	{name: "1to1", sent: plainPub, subscribers: 1, delivered: 1},
	{name: "1to100", sent: plainPub, subscribers: 100, delivered: 100},
	{name: "Queue", sent: plainPub, queue: "workers", subscribers: 16, delivered: 1},
	{name: "Mapped", sent: plainPub, subscribers: 1, delivered: 1, mapped: true},
	{name: "HPUB", sent: headerPub, subscribers: 1, delivered: 1},
	{name: "Nobody", sent: plainPub},
}

// prepare returns a function that publishes on hot path i, beside a thousand
// other subjects.
func prepare(tb testing.TB, i int) func() int {
	path := &hotPaths[i]
	a := account.New(account.Global)
	insert := func(subject, queue string) {
		if _, err := a.Interest.Insert(subject, queue, &taker{}); err != nil {
			tb.Fatal(err)
		}
	}
	target := "orders.eu.4711"
	if path.mapped {
		target = "mapped.4711.eu"
		a.Mappings.Store(mappingsOf(tb, "orders.*.*", subject.Dest{Subject: "mapped.$2.$1", Weight: 100}))
	}
	for range path.subscribers {
		insert(target, path.queue)
	}
	for i := range 1000 {
		insert(fmt.Sprintf("other.%d", i), "")
	}
	op, p := parse(tb, path.sent), new(Pass)
	return func() int {
		p.Message.Load(op, nil, nil, false)
		return Publish(a, p)
	}
}

func TestPublishAllocatesNothing(t *testing.T) {
	for i, path := range hotPaths {
		publish := prepare(t, i)
		if n := publish(); n != path.delivered {
			t.Errorf("%s: delivered to %d, want %d", path.name, n, path.delivered)
		}
		if n := testing.AllocsPerRun(100, func() { publish() }); n != 0 {
			t.Errorf("%s: %v allocations", path.name, n)
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	for i, path := range hotPaths {
		b.Run(path.name, func(b *testing.B) {
			publish := prepare(b, i)
			b.ReportAllocs()
			for b.Loop() {
				publish()
			}
		})
	}
}
