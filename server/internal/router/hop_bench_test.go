package router

import (
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
)

// requester is a connection that says who it is without an allocation.
type requester struct{}

func (requester) AppendRequestInfo(dst []byte, _ bool, _ string) []byte {
	return append(dst, `{"acc":"B","rtt":123456}`...)
}

func (requester) RTT() time.Duration { return 0 }

// crossing is a pair of accounts of which B imports from A, and what is published
// where.
type crossing struct {
	name    string
	imports account.Import
	from    string // the account that publishes
	wire    string
	sub, in string // who subscribes to what, in which account
	within  string // the like of it in the account that publishes
}

func transform(tb testing.TB, src, dst string) *subject.Transform {
	t, err := subject.NewTransform(src, dst)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func crossings(tb testing.TB) []crossing {
	service := func(local, remote string, out *subject.Transform) account.Import {
		return account.Import{From: "A", Local: local, Remote: remote, Out: out, Export: account.Export{Service: true, Threshold: time.Hour}}
	}
	return []crossing{
		{"stream", account.Import{From: "A", Local: "x", Remote: "x"}, "A", "PUB x 2\r\nhi\r\n", "x", "B", "x"},
		{"stream under another subject", account.Import{From: "A", Local: "l.*", Remote: "r.*", In: transform(tb, "r.*", "l.$1"), Out: transform(tb, "l.*", "r.$1")},
			"A", "PUB r.x 2\r\nhi\r\n", "l.*", "B", "r.*"},
		{"service", service("x", "x", nil), "B", "PUB x 2\r\nhi\r\n", "x", "A", "x"},
		{"service under another subject", service("l.*", "r.*", transform(tb, "l.*", "r.$1")), "B", "PUB l.x 2\r\nhi\r\n", "r.*", "A", "l.*"},
		{"service with an answer", service("x", "x", nil), "B", "PUB x reply 2\r\nhi\r\n", "x", "A", "x"},
	}
}

// prepare returns a function that publishes once, over the border or, without one,
// to a subscriber in the account itself.
func (c *crossing) prepare(tb testing.TB, border bool) func() {
	var services Services
	tb.Cleanup(services.Close)
	set := account.NewSet(services.Import)
	b := account.Spec{Name: "B"}
	if border {
		b.Imports = []account.Import{c.imports}
	}
	set.Replace([]account.Spec{{Name: "A"}, b})
	p := protocol.Parser{}
	var op protocol.Op
	if n, err := p.Next([]byte(c.wire), &op); err != nil || n != len(c.wire) {
		tb.Fatalf("Next = %d, %v", n, err)
	}
	in, sub := c.in, c.sub
	if !border {
		in, sub = c.from, c.within
	}
	answered := &answering{}
	if _, err := set.Get(in).Subscribe(sub, "", &sink{headers: true}); err != nil {
		tb.Fatal(err)
	}
	if border && len(op.Reply) > 0 {
		answered.exporter = set.Get("A")
		if _, err := set.Get("B").Subscribe(string(op.Reply), "", &sink{}); err != nil {
			tb.Fatal(err)
		}
		if _, err := set.Get("A").Subscribe(sub, "", answered); err != nil {
			tb.Fatal(err)
		}
	}
	from, pass := set.Get(c.from), new(Pass)
	return func() {
		pass.Now = time.Now().UnixNano()
		pass.Message.Load(&op, nil, requester{}, false)
		if n := mapAndRoute(from, pass); n != 1 {
			tb.Fatalf("delivered to %d", n)
		}
		answered.answer(tb)
	}
}
