package router

import (
	"fmt"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// fake is a subscription that notes what it gets. Its name is its subject,
// with the queue group in front if it has one.
type fake struct {
	name    string
	sub     string
	queue   string
	conn    any
	outcome account.Outcome // of every attempt
	tries   int             // attempts at a delivery
	log     *[]string       // shared by all: what was delivered; may be nil
}

func (f *fake) Deliver(m *message.Message, _ *message.Batch) account.Outcome {
	f.tries++
	if f.outcome == account.Delivered && f.log != nil {
		*f.log = append(*f.log, fmt.Sprintf("%s: %s %s", f.name, m.Subject, m.Payload))
	}
	return f.outcome
}

func (f *fake) Try(*message.Message) account.Outcome { return f.outcome }

func (f *fake) Describe() account.Receiver {
	return account.Receiver{Kind: account.Client, ID: 5, Name: "n", Sub: f.sub, Queue: f.queue}
}

func (f *fake) Connection() any { return f.conn }

// scene is an account with fakes in it.
type scene struct {
	*account.Account
	pass Pass
	subs map[string]*fake
	log  []string
}

// newScene subscribes fakes named "subject" or "queue=subject".
func newScene(tb testing.TB, names ...string) *scene {
	tb.Helper()
	s := &scene{Account: account.New("A"), subs: make(map[string]*fake)}
	for _, name := range names {
		s.subscribe(tb, name)
	}
	return s
}

func (s *scene) subscribe(tb testing.TB, name string) *fake {
	tb.Helper()
	f := &fake{name: name, sub: name, log: &s.log}
	for i := range name {
		if name[i] == '=' {
			f.queue, f.sub = name[:i], name[i+1:]
		}
	}
	s.subs[name] = f
	if _, err := s.Interest.Insert(f.sub, f.queue, f); err != nil {
		tb.Fatal(err)
	}
	return f
}

// mapTo maps one subject to another, with the weight in percent.
func (s *scene) mapTo(tb testing.TB, from, to string, weight uint8) {
	tb.Helper()
	m, err := subject.NewMapping(from, subject.Dest{Subject: to, Weight: weight})
	if err != nil {
		tb.Fatal(err)
	}
	s.Mappings.Store(subject.NewMappings("", m))
}

// load makes the command in wire the message of the pass.
func (s *scene) load(tb testing.TB, wire string) {
	tb.Helper()
	p := protocol.Parser{Limits: protocol.Limits{Headers: true}}
	var op protocol.Op
	if n, err := p.Next([]byte(wire), &op); err != nil || n != len(wire) {
		tb.Fatalf("Next(%q) = %d, %v", wire, n, err)
	}
	s.pass.Message.Load(&op, nil, nil, false)
}

// publish publishes the text "hi" and returns what was counted.
func (s *scene) publish(tb testing.TB, subject string) int {
	tb.Helper()
	s.load(tb, "PUB "+subject+" 2\r\nhi\r\n")
	return mapAndRoute(s.Account, &s.pass)
}

// mapAndRoute is what a client does with a message.
func mapAndRoute(a *account.Account, p *Pass) int {
	Map(a, p)
	return Route(a, p)
}
