package router

import (
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// answering is a service that answers when it is told to: what it got was the
// read buffer of somebody else.
type answering struct {
	fake
	exporter *account.Account // nil for one that nobody asks
	reply    []byte
	pass     Pass
}

func (a *answering) Deliver(m *message.Message, _ *message.Batch) account.Outcome {
	a.reply = append(a.reply[:0], m.Reply...)
	return account.Delivered
}

var okBody, okSize = []byte("ok\r\n"), []byte("2")

// answer publishes an answer to the last request.
func (a *answering) answer(tb testing.TB) {
	if a.exporter == nil {
		return
	}
	op := protocol.Op{Kind: protocol.KindPub, Subject: a.reply, Payload: okBody[:2], Msg: okBody, Size: okSize}
	a.pass.Now = time.Now().UnixNano()
	a.pass.Message.Load(&op, nil, nil, false)
	if n := Route(a.exporter, &a.pass); n != 1 {
		tb.Fatalf("the answer reached %d", n)
	}
}

func TestHopsAllocateNothing(t *testing.T) {
	if underRace {
		t.Skip("the race detector empties pools")
	}
	for _, c := range crossings(t) {
		publish := c.prepare(t, true)
		publish() // fills the pools
		if got := testing.AllocsPerRun(100, publish); got != 0 {
			t.Errorf("%s: %v allocations", c.name, got)
		}
	}
}

func BenchmarkHop(b *testing.B) {
	for _, c := range crossings(b) {
		for _, border := range []bool{false, true} {
			name := c.name + "/within the account"
			if border {
				name = c.name + "/over the border"
			}
			b.Run(name, func(b *testing.B) {
				publish := c.prepare(b, border)
				b.ReportAllocs()
				for b.Loop() {
					publish()
				}
			})
		}
	}
}
