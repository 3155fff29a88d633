package account

import (
	"slices"
	"sync"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// fake is a subscription that notes the subjects it gets.
type fake struct {
	mu  sync.Mutex
	got []string
}

func (f *fake) Deliver(m *message.Message, _ *message.Batch) Outcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.got = append(f.got, string(m.Subject))
	return Delivered
}

func (f *fake) Try(*message.Message) Outcome { return Delivered }
func (f *fake) Describe() Receiver           { return Receiver{} }
func (f *fake) Connection() any              { return f }

// take returns what came since the last call, sorted.
func (f *fake) take() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	got := f.got
	f.got = nil
	slices.Sort(got)
	return got
}

// publish delivers a message to everybody in a who is interested.
func publish(a *Account, subject string) {
	op := protocol.Op{Subject: []byte(subject), Payload: []byte("x"), Msg: []byte("x\r\n"), Size: []byte("1")}
	var m message.Message
	m.Load(&op, nil, nil, false)
	var r sublist.Result[Subscriber]
	a.Interest.Match(m.Subject, &r)
	for _, list := range r.Plain {
		for _, s := range list {
			s.Deliver(&m, &message.Batch{})
		}
	}
}

func subscribe(t testing.TB, a *Account, subject string) (*fake, *Interest) {
	t.Helper()
	f := new(fake)
	i, err := a.Subscribe(subject, "", f)
	if err != nil {
		t.Fatal(err)
	}
	return f, i
}
