package load

import (
	"context"
)

// Shape says how the connections of a Stream are wired.
type Shape int

const (
	// Fan wires all publishers to all subscribers over one subject.
	Fan Shape = iota
	// Pairs gives every publisher its own subject and its own subscriber.
	Pairs
	// Queue makes the subscribers one queue group on the publishers' subject.
	Queue
	// Keys has the publisher walk over many subjects in random order; the subscriber subscribes
	// to each of them.
	Keys
)

// Windows: how far a publisher may be ahead of a subscriber, in bytes. It takes a few hundred KiB
// to keep publisher, server and subscriber busy at the same time; much more only measures how
// queues push each other out of the caches. Many subscribers share the total, which must fit into
// the socket buffers of the machine.
const (
	windowPerSubscriber = 1 << 20
	windowTotal         = 64 << 20
	windowBatches       = 4 // but never fewer writes than this
)

// Stream is a publish/subscribe run: publishers write as fast as the window lets them.
type Stream struct {
	Shape       Shape
	Publishers  int
	Subscribers int   // none: publish only
	Size        int   // payload bytes
	Messages    int64 // to publish in the measured span, by all publishers together
	Subjects    int   // Keys only: subjects that are subscribed to
	Used        int   // Keys only: how many of them are published to
	Wildcards   int   // subscriptions of a bystander that match nothing that is published
	Stalled     int   // subscribers that join after the warm-up and never read
	// Publisher and Subscriber are users, whose passwords are their names; empty for
	// clients that do not log in.
	Publisher, Subscriber string
}

// Run measures the stream once, after a warm-up of a tenth of its messages.
func (s Stream) Run(ctx context.Context, server Server) (Measurement, error) {
	se := newSession(ctx, server)
	se.publisher, se.subscriber = s.Publisher, s.Subscriber
	defer se.close()
	if err := s.open(se); err != nil {
		return Measurement{}, err
	}
	if _, err := se.pass(s.warmup()); err != nil {
		return Measurement{}, err
	}
	for range s.Stalled {
		if err := se.stall(s.wiring().subs[0]); err != nil {
			return Measurement{}, err
		}
	}
	return se.measure(s.Messages)
}

func (s Stream) warmup() int64 { return s.Messages / 10 }

// open makes the connections of the stream.
func (s Stream) open(se *session) error {
	w := s.wiring()
	progress := make([]*Progress, len(w.subs))
	for i, commands := range w.subs {
		progress[i] = NewProgress()
		if s.Shape == Queue {
			progress[i] = progress[0] // the group counts as one: who gets what is the server's choice
		}
		format := Format{
			Head: w.heads[i], HeadLen: w.headLen, content: letters(s.Size),
			Ordered: s.ordered(), Last: s.lastSeq(),
		}
		if err := se.subscribe(commands, format, progress[i]); err != nil {
			return err
		}
	}
	if s.Wildcards > 0 {
		if _, err := se.bystander(TCP, wildcardSubs(s.Wildcards)); err != nil {
			return err
		}
	}
	if s.Shape == Queue {
		progress = progress[:1]
	}
	return s.openPublishers(se, w, progress)
}

func (s Stream) openPublishers(se *session, w wiring, progress []*Progress) error {
	var common *window
	for i, subjects := range w.pubs {
		batch, err := NewBatch(subjects, letters(s.Size))
		if err != nil {
			return err
		}
		size := windowMessages(len(w.subs), batch)
		win := common
		switch {
		case s.Shape == Pairs:
			win = newWindow(size, progress[i:i+1])
		case common == nil:
			common = newWindow(size, progress)
			win = common
		}
		if err := se.addPublisher(batch, win); err != nil {
			return err
		}
	}
	return nil
}

// ordered reports whether a subscriber sees the sequence of one publisher without gaps.
func (s Stream) ordered() bool {
	return s.Shape == Pairs || s.Shape != Queue && s.Publishers == 1
}

// lastSeq returns the sequence number of the last message that every subscriber gets, or -1 where
// there is no such thing.
func (s Stream) lastSeq() int64 {
	if !s.ordered() {
		return -1
	}
	n := int64(s.Publishers)
	return s.warmup()/n + s.Messages/n - 1
}

// windowMessages returns how many messages may be under way to each of n subscribers.
func windowMessages(n int, b *Batch) int64 {
	bytes := min(windowPerSubscriber, windowTotal/max(n, 1))
	return int64(max(bytes/b.stride, windowBatches*b.chunk))
}
