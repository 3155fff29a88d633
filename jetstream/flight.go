package jetstream

import (
	"sync/atomic"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/stream"
)

// flight is what happens when a batch is durable: which answers are sent, and up to
// which sequence readers may see. It implements wal.Waiter.
type flight struct {
	stream *Stream
	landed atomic.Bool // the log has said how it went
	err    error       // set before landed

	last    uint64 // sequence
	answers []answer
	waiting []chan struct{} // closed when it has landed
	bytes   []byte          // of the answers
}

// answer is a message to be sent, as lengths: its bytes stand behind those of the one
// before.
type answer struct {
	at, to, header, payload int
	ack                     bool // it acknowledges a message
}

// Durable implements wal.Waiter.
func (f *flight) Durable(err error) {
	f.err = err
	f.landed.Store(true)
	f.stream.work.kick()
}

// answer notes what the publisher of a message is told.
func (f *flight) answer(reply []byte, name string, a *stream.Admission, domain string) {
	at := len(f.bytes)
	f.bytes = append(f.bytes, reply...)
	if a.Err != nil {
		f.bytes = a.Err.AppendPubAck(f.bytes, name)
	} else {
		ack := api.PubAck{Stream: name, Domain: domain, Seq: a.Seq, Duplicate: a.Duplicate, Value: a.Value}
		f.bytes = ack.Append(f.bytes)
	}
	f.answers = append(f.answers, answer{at, len(reply), 0, len(f.bytes) - at - len(reply), true})
}

// reply notes an answer; ack says that it acknowledges a message.
func (f *flight) reply(to, payload []byte, ack bool) {
	at := len(f.bytes)
	f.bytes = append(append(f.bytes, to...), payload...)
	f.answers = append(f.answers, answer{at, len(to), 0, len(payload), ack})
}

// republish notes that a message is published once more.
func (f *flight) republish(a *stream.Admission) {
	at := len(f.bytes)
	to, header, payload, ok := f.stream.machine.Republish(a)
	if !ok {
		return
	}
	f.bytes = append(append(append(f.bytes, to...), header...), payload...)
	f.answers = append(f.answers, answer{at, len(to), len(header), len(payload), false})
}

// maxFlight is the largest flight that is kept to be used again, in bytes.
const maxFlight = 1 << 20

// newFlight returns an empty flight.
func (s *Stream) newFlight() *flight {
	n := len(s.spare)
	if n == 0 {
		return &flight{stream: s}
	}
	f := s.spare[n-1]
	s.spare = s.spare[:n-1]
	return f
}

// land does what is due for the flights that have landed, in order.
func (s *Stream) land(sender Sender) {
	n := 0
	for _, f := range s.flights {
		if !f.landed.Load() {
			break
		}
		n++
		if f.err == nil {
			s.visible.Store(max(f.last, s.visible.Load()))
		}
		f.send(sender)
		for _, c := range f.waiting {
			close(c)
		}
		f.waiting = f.waiting[:0]
		f.answers, f.bytes, f.err = f.answers[:0], f.bytes[:0], nil
		f.landed.Store(false)
		if cap(f.bytes) <= maxFlight && len(s.spare) < 4 {
			s.spare = append(s.spare, f)
		}
	}
	if n == 0 {
		return
	}
	sender.Flush()
	s.flights = append(s.flights[:0], s.flights[n:]...)
	s.wakeConsumers()
	s.wakeFollowers()
}

// send sends the answers. If the messages are not safe, they say so: nothing was stored
// that may be relied upon.
func (f *flight) send(sender Sender) {
	var refusal []byte
	if f.err != nil {
		refusal = failure(f.err).AppendPubAck(nil, f.stream.name)
	}
	for _, a := range f.answers {
		b := f.bytes[a.at:]
		out := Outgoing{To: b[:a.to:a.to], Header: b[a.to : a.to+a.header], Payload: b[a.to+a.header : a.to+a.header+a.payload]}
		if f.err != nil {
			if !a.ack {
				continue
			}
			out.Payload = refusal
		}
		sender.Send(&out)
	}
}

// wakeConsumers tells consumers that there may be something new.
func (s *Stream) wakeConsumers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.consumers {
		if c.hungry.Load() {
			c.work.kick()
		}
	}
}
