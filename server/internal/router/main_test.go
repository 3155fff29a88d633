package router

import (
	"os"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/leaktest"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m, chunk.Held)) }

// subscriber answers every delivery in the same way and notes what it took.
type subscriber struct {
	account.Receiver
	from    any             // its connection
	answer  account.Outcome // unless it gets its own message back
	offered int
	took    []string // frames, if it keeps them
	keep    bool
}

func (s *subscriber) Deliver(m *message.Message, _ *message.Batch) account.Outcome {
	s.offered++
	o := s.Try(m)
	f := m.Full()
	if o == account.Delivered && s.keep {
		s.took = append(s.took, string(f.Head)+"1 "+string(f.Mid)+string(f.Body))
	}
	return o
}

func (s *subscriber) Try(m *message.Message) account.Outcome {
	if m.NoEcho && m.Origin == s.from {
		return account.Echo
	}
	return s.answer
}

func (s *subscriber) Describe() account.Receiver { return s.Receiver }
func (s *subscriber) Connection() any            { return s.from }

// subscribe adds a subscriber that keeps what it gets.
func subscribe(t testing.TB, a *account.Account, subject, queue string) *subscriber {
	t.Helper()
	s := &subscriber{keep: true, Receiver: account.Receiver{ID: uint64(a.Interest.Len() + 1), Sub: subject, Queue: queue}}
	s.from = s
	if _, err := a.Interest.Insert(subject, queue, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// parse reads a PUB or HPUB.
func parse(t testing.TB, sent string) *protocol.Op {
	t.Helper()
	p := protocol.Parser{Limits: protocol.Limits{Headers: true}}
	op := new(protocol.Op)
	if n, err := p.Next([]byte(sent), op); n != len(sent) || err != nil {
		t.Fatalf("parsing %q: %d bytes, %v", sent, n, err)
	}
	return op
}

// passing returns a pass with the message that a client sent.
func passing(t testing.TB, sent string) *Pass {
	t.Helper()
	p := new(Pass)
	p.Message.Load(parse(t, sent), nil, nil, false)
	return p
}

// mappingsOf compiles a mapping of one source.
func mappingsOf(t testing.TB, source string, dests ...subject.Dest) *subject.Mappings {
	t.Helper()
	m, err := subject.NewMapping(source, dests...)
	if err != nil {
		t.Fatal(err)
	}
	return subject.NewMappings("", m)
}
