package conn

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// message returns a frame around a body of n bytes and what it looks like on
// the wire with the given label. With an owner the body stands in it.
func message(seed, n int, label string, owner *chunk.Chunk) (*chunk.Frame, []byte) {
	f := &chunk.Frame{Head: []byte("MSG subject "), Mid: []byte("size\r\n"), Body: pattern(seed, n), Size: n}
	if owner != nil {
		copy(owner.Buf, f.Body)
		f.Body, f.Owner = owner.Buf[:n], owner
	}
	return f, bytes.Join([][]byte{f.Head, []byte(label), f.Mid, f.Body}, nil)
}

// drain takes everything out of an outbox and writes it in steps of n bytes.
func drain(o *Outbox, n int) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	var c cursor
	c.set(o.bytes.take())
	var all []byte
	for c.left > 0 {
		k := 0
		for _, s := range c.front() {
			part := s.b[:min(len(s.b), n-k)]
			all = append(all, part...)
			k += len(part)
		}
		c.advance(k)
		o.wroteLocked(k)
	}
	o.dirty = false
	return all
}

func TestOutboxKeepsOrderThroughCopiesAndReferences(t *testing.T) {
	t.Parallel()
	var o Outbox
	o.max = 64 << 20
	var q Quota
	var want []byte
	for i, n := range []int{0, 5, 100, refMin, 3, refMin - 1, 60_000, 0, 70_000, 200_000, 1} {
		var owner *chunk.Chunk
		if n > 0 {
			owner = chunk.Get(n)
		}
		f, wire := message(i, n, "7 ", owner)
		if v := o.Deliver(f, []byte("7 "), &q, 1); v&Queued == 0 {
			t.Fatalf("message %d: verdict %b", i, v)
		}
		if owner != nil {
			owner.Release()
		}
		o.Put([]byte("PING\r\n"))
		want = append(append(want, wire...), "PING\r\n"...)
	}
	if diff := cmp.Diff(int64(len(want)), o.Snapshot().Pending); diff != "" {
		t.Errorf("pending: %s", diff)
	}
	if !bytes.Equal(want, drain(&o, 777)) {
		t.Error("other bytes than those queued")
	}
	if diff := cmp.Diff(int64(0), o.Snapshot().Pending); diff != "" {
		t.Errorf("pending at the end: %s", diff)
	}
}

func TestOutboxReferencesOnlyWhatIsWorthIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		body, chunk int
		backlog     int
		want        bool // referenced
	}{
		{"a small body", refMin - 1, 16 << 10, 0, false},
		{"a larger one", refMin, 16 << 10, 0, true},
		{"one of many in its chunk", refMin, 64 << 10, 0, true},
		{"one of many, but not for long", refMin, 64 << 10, refBacklog, false},
		{"a body that would pin much", refMin, 256 << 10, 0, false},
		{"a body with a chunk of its own", 1 << 20, 1 << 20, refBacklog, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var o Outbox
			o.max = 4 << 20
			o.pending = int64(tt.backlog)
			owner := chunk.Get(tt.chunk)
			f, wire := message(1, tt.body, "1 ", owner)
			o.Deliver(f, []byte("1 "), new(Quota), 0)
			if diff := cmp.Diff(tt.want, owner.Shared()); diff != "" {
				t.Errorf("referenced: %s", diff)
			}
			if !bytes.Equal(wire, drain(&o, 10_000)) {
				t.Error("other bytes than those queued")
			}
			if owner.Shared() {
				t.Error("the reference outlives the write")
			}
			owner.Release()
		})
	}
}

// held is the memory of an outbox's own chunks.
func (q *queue) held() int {
	if q.segs == nil {
		return 0
	}
	seen := map[*chunk.Chunk]bool{}
	n := 0
	for _, s := range q.segs.list {
		if !seen[s.c] {
			n += len(s.c.Buf)
			seen[s.c] = true
		}
	}
	return n
}

func TestOutboxHoldsLittleMoreThanItsBytes(t *testing.T) {
	t.Parallel()
	body := chunk.Get(64 << 10)
	defer body.Release()
	for _, tt := range []struct {
		name string
		fill func(o *Outbox)
		most int // bytes held
	}{
		{"a control line", func(o *Outbox) { o.Put([]byte("PONG\r\n")) }, 512},
		{"a line of its own for each of many large bodies", func(o *Outbox) {
			f, _ := message(1, 64<<10, "", body)
			for range 100 {
				o.Deliver(f, []byte("1 "), new(Quota), 0)
			}
		}, 64<<10 + 512 + growMin},
		{"many small ones", func(o *Outbox) {
			for range 100_000 {
				o.Put([]byte("0123456789"))
			}
		}, 1_000_000 + growMax},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var o Outbox
			o.max = 64 << 20
			tt.fill(&o)
			if got := o.bytes.held(); got > tt.most {
				t.Errorf("holds %d bytes, more than %d", got, tt.most)
			}
			o.mu.Lock()
			o.endLocked()
			o.mu.Unlock()
		})
	}
}

func TestOutboxForgetsAPeakWithTheNextBatch(t *testing.T) {
	t.Parallel()
	var o Outbox
	o.max = 64 << 20
	o.Put(pattern(1, 60_000))
	drain(&o, 1<<20)
	for i, want := range []int{64 << 10, 512} {
		o.Put([]byte("x"))
		if diff := cmp.Diff(want, o.bytes.held()); diff != "" {
			t.Errorf("batch %d after the peak: %s", i, diff)
		}
		drain(&o, 1<<20)
	}
}

func TestOutboxVerdicts(t *testing.T) {
	t.Parallel()
	const limit = 1000 // congested above 750
	put := func(n int) func(*Outbox) Verdict {
		return func(o *Outbox) Verdict { return o.Put(pattern(1, n)) }
	}
	deliver := func(n int) func(*Outbox) Verdict {
		return func(o *Outbox) Verdict {
			return o.Deliver(&chunk.Frame{Head: pattern(1, n-2)}, []byte("1 "), new(Quota), 0)
		}
	}
	type step struct {
		do   func(*Outbox) Verdict
		want Verdict
	}
	for _, tt := range []struct {
		name  string
		drop  bool
		steps []step
	}{
		{"one flush for many", false, []step{
			{deliver(10), Queued | NeedsFlush}, {deliver(10), Queued}, {put(10), Queued},
		}},
		{"congestion", false, []step{
			{deliver(750), Queued | NeedsFlush}, {deliver(10), Queued | Congested},
			{put(10), Queued}, {deliver(230), Queued | Congested},
		}},
		{"overflow is told once and takes nothing after", false, []step{
			{deliver(1000), Queued | NeedsFlush | Congested}, {deliver(10), Overflow},
			{deliver(10), 0}, {put(10), 0},
		}},
		{"a control line may be too much as well", false, []step{
			{put(1000), Queued | NeedsFlush}, {put(1), Overflow}, {put(1), 0},
		}},
		{"dropping above the mark, but no control line", true, []step{
			{deliver(751), Queued | NeedsFlush}, {deliver(10), Dropped}, {deliver(500), Dropped},
			{put(10), Queued}, {put(240), Overflow},
		}},
		{"dropping saves nobody from one message that is too much", true, []step{
			{deliver(700), Queued | NeedsFlush}, {deliver(400), Overflow},
		}},
		{"nothing to queue", false, []step{{put(0), Queued | NeedsFlush}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := Outbox{max: limit, drop: tt.drop}
			for i, s := range tt.steps {
				if got := s.do(&o); got != s.want {
					t.Errorf("step %d: verdict %06b, want %06b", i, got, s.want)
				}
			}
			o.mu.Lock()
			o.endLocked()
			o.mu.Unlock()
		})
	}
}

func TestQuotaEndsDeliveries(t *testing.T) {
	t.Parallel()
	o := Outbox{max: 1000}
	var q Quota
	f := &chunk.Frame{Head: []byte("MSG "), Size: 4}
	deliver := func() Verdict { return o.Deliver(f, []byte("1 "), &q, 9) &^ NeedsFlush }
	got := []Verdict{deliver()}
	o.SetQuota(&q, 3)
	for range 4 {
		got = append(got, deliver())
	}
	o.SetQuota(&q, 0)
	got = append(got, deliver())
	o.CloseQuota(&q)
	got = append(got, deliver())
	want := []Verdict{Queued, Queued, Queued | LastOne, Spent, Spent, Queued, 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	sent, max := o.Quota(&q)
	if diff := cmp.Diff([]uint64{4, 0}, []uint64{sent, max}); diff != "" {
		t.Errorf("sent, max: %s", diff)
	}
	wantState := Snapshot{Pending: 24, Traffic: Traffic{Msgs: 4, Bytes: 16}, LastDelivery: 9}
	if diff := cmp.Diff(wantState, o.Snapshot()); diff != "" {
		t.Errorf("snapshot: %s", diff)
	}
	drain(&o, 100)
}

func TestDroppingCanBeSwitchedWhileTheOutboxIsCongested(t *testing.T) {
	t.Parallel()
	o := &Outbox{max: 1000}
	deliver := func(n int) Verdict {
		return o.Deliver(&chunk.Frame{Body: make([]byte, n)}, nil, new(Quota), 0)
	}
	var got []Verdict
	got = append(got, deliver(800))
	o.SetDrop(true)
	got = append(got, deliver(10))
	o.SetDrop(false)
	got = append(got, deliver(10))
	want := []Verdict{Queued | NeedsFlush | Congested, Dropped, Queued | Congested}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.endLocked()
}
