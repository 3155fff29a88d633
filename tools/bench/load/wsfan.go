package load

import (
	"context"
	"fmt"
)

// Subjects of a fan: of what is measured, and of the mark that follows it.
const (
	fanSubject  = "bench.fan"
	markSubject = "bench.end"
)

// WebSocketFan publishes documents over TCP to many subscribers of one subject.
//
// What is compressed has to be inflated before anybody knows how many messages it holds, and that
// would keep the load busier than the server. So all subscribers inflate and count everything
// while the server warms up, but only a few of them do during the measured span: the others take
// the bytes and look for a last message, the mark. Order is kept on a connection, so whoever has
// seen the mark has been sent everything before.
type WebSocketFan struct {
	Transport   Transport
	Subscribers int
	Size        int   // payload bytes
	Messages    int64 // to publish in the measured span
	// Alone publishes a message only when the one before has arrived everywhere, so that the
	// server has nothing to send together. All subscribers count.
	Alone bool
}

// maxUnseen bounds what a WebSocketFan publishes, in bytes to every subscriber: nobody knows how far those
// are behind that do not count, so all of it must fit into what servers hold for a slow
// consumer.
const maxUnseen = 32 << 20

// maxDecor is what a message has around subject and payload at most, in bytes.
const maxDecor = len("MSG  0000 0000\r\n\r\n")

// Run measures the fan once, after a warm-up of a tenth of its messages.
func (f WebSocketFan) Run(ctx context.Context, server Server) (Measurement, error) {
	if bytes := f.Messages * int64(f.Size+len(fanSubject)+maxDecor); f.Transport == Deflate && bytes > maxUnseen {
		return Measurement{}, fmt.Errorf("%d bytes to every subscriber are more than %d", bytes, maxUnseen)
	}
	se := newSession(ctx, server)
	defer se.close()
	w, err := f.open(se)
	if err != nil {
		return Measurement{}, err
	}
	if _, err := se.pass(f.warmup()); err != nil {
		return Measurement{}, err
	}
	w.trust()
	return se.measureSpan(func() (int64, error) {
		if _, err := se.pass(f.Messages); err != nil {
			return 0, err
		}
		return f.Messages * int64(f.Subscribers), w.confirm(se)
	})
}

func (f WebSocketFan) warmup() int64 { return max(f.Messages/10, 1) }

// witnesses are the subscribers of a fan, by what is known of them.
type witnesses struct {
	*audit
	publisher *publisher
	counting  []*Progress // of those that always count
	trusted   int64       // how many do not
}

// open makes the connections of the fan.
func (f WebSocketFan) open(se *session) (*witnesses, error) {
	docs, err := newDocuments(f.Size)
	if err != nil {
		return nil, err
	}
	batch, err := NewBatch([]string{fanSubject}, docs)
	if err != nil {
		return nil, err
	}
	w := &witnesses{audit: newAudit()}
	var all []*Progress
	for i := range f.Subscribers {
		p := NewProgress()
		all = append(all, p)
		if f.counts(i) {
			w.counting = append(w.counting, p)
		} else {
			w.trusted++
		}
		if err := f.subscribe(se, i, docs, p, w.audit); err != nil {
			return nil, fmt.Errorf("subscriber %d: %w", i, err)
		}
	}
	size := windowMessages(f.Subscribers, batch)
	if f.Alone {
		size, batch.chunk = 1, 1
	}
	if err := se.addPublisher(batch, newWindow(size, all)); err != nil {
		return nil, err
	}
	w.publisher = se.pubs[0]
	return w, nil
}

// subscribe makes the subscriber of that number.
func (f WebSocketFan) subscribe(se *session, number int, docs content, p *Progress, a *audit) error {
	sid := f.sid(number)
	head := fmt.Sprintf("MSG %s %d %d\r\n", fanSubject, sid, f.Size)
	commands := fmt.Appendf(nil, "SUB %s %d\r\n", fanSubject, sid)
	if !f.counts(number) {
		commands = fmt.Appendf(commands, "SUB %s %d\r\n", markSubject, sid+1)
	}
	c, err := se.bystander(f.Transport, commands)
	if err != nil {
		return err
	}
	format := Format{Head: head, HeadLen: len(head), Ordered: true, Last: f.warmup() + f.Messages - 1, content: docs}
	s := newSubscriber(c, format, p, &se.measured)
	se.subs = append(se.subs, s)
	if f.counts(number) {
		se.start(s.run)
	} else {
		se.start((&trusted{subscriber: s, audit: a}).run)
	}
	return nil
}

// sid is what a subscriber calls its subscription. Clients count their subscriptions from one, so
// many of those that run the same program use the same number, but not all: here half of them.
func (f WebSocketFan) sid(number int) int {
	if number%2 == 0 {
		return 1
	}
	return number + 1
}

// counts reports whether a subscriber looks into everything it gets: all do if that is cheap, and
// otherwise one in fifty, at least two and at most ten.
func (f WebSocketFan) counts(number int) bool {
	if f.Transport != Deflate || f.Alone {
		return true
	}
	counters := min(10, max(2, f.Subscribers/50))
	step := f.Subscribers/counters | 1 // odd, for both kinds of sid
	return number%step == 0
}

// trust lets most subscribers stop counting. Nothing is under way.
func (w *witnesses) trust() {
	w.publisher.window.subs = w.counting
	w.phase.Store(trusting)
}

// confirm publishes the mark and waits until all trusted subscribers have seen it.
func (w *witnesses) confirm(se *session) error {
	ctx, cancel := se.patience()
	defer cancel()
	w.phase.Store(seeking)
	p := w.publisher
	if _, err := fmt.Fprintf(p.conn, "PUB %s 0\r\n\r\n", markSubject); err != nil {
		return fmt.Errorf("publisher: %w", err)
	}
	return w.marked.Wait(ctx, w.trusted, p.ready)
}
