package load

import (
	"bytes"
	"context"
	"sync/atomic"
)

// What trusted subscribers do with what they get.
const (
	counting int32 = iota // look at every message
	trusting              // take the bytes
	seeking               // look for the mark
)

// audit is what a run and its trusted subscribers share.
type audit struct {
	phase  atomic.Int32
	marked *Progress // trusted subscribers that have seen the mark
}

func newAudit() *audit { return &audit{marked: NewProgress()} }

// trusted is a subscriber that does not count all the time.
type trusted struct {
	*subscriber
	audit *audit

	// Owned by run.
	seen bool
	last []byte // end of what was searched for the mark
}

// mark is how the message line of the mark starts. No document contains it.
const mark = "MSG " + markSubject + " "

func (t *trusted) run(ctx context.Context) error {
	read, err := t.conn.reader(t.take, t.wanted)
	if err != nil {
		return err
	}
	return readAll(ctx, read)
}

// wanted reports whether to inflate the message that begins. The mark is published after the
// phase has changed, so no message that began before can hold it.
func (t *trusted) wanted() bool { return t.audit.phase.Load() != trusting }

func (t *trusted) take(chunk []byte) error {
	switch t.audit.phase.Load() {
	case counting:
		return t.subscriber.take(chunk)
	case seeking:
		t.seek(chunk)
	}
	return nil
}

// seek looks for the mark in the next bytes of the stream.
func (t *trusted) seek(chunk []byte) {
	if t.seen {
		return
	}
	t.last = append(t.last, chunk...)
	if bytes.Contains(t.last, []byte(mark)) {
		t.seen = true
		t.audit.marked.Add(1)
		return
	}
	t.last = append(t.last[:0], t.last[max(0, len(t.last)-len(mark)+1):]...)
}
