package conn

import (
	"bytes"
	"testing"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// run is a chunk of whole messages, as a publisher writes them.
type run struct {
	*chunk.Chunk
	used int
}

// next returns a message of n bytes that stands behind the one before.
func (r *run) next(seed, n int) *chunk.Frame {
	b := r.Buf[r.used : r.used+n]
	r.used += n
	copy(b, pattern(seed, n))
	return &chunk.Frame{Body: b, Owner: r.Chunk, Whole: true, Size: n}
}

func TestWholeMessagesOfARunAreOneSegment(t *testing.T) {
	t.Parallel()
	var o Outbox
	o.max = 1 << 20
	var q Quota
	r := run{Chunk: chunk.Get(64 << 10)}
	start := r.Buf
	for i := range 50 {
		o.Deliver(r.next(i, 100), nil, &q, 1)
	}
	want := bytes.Clone(start[:r.used])
	r.Release()
	if n := len(o.bytes.segs.list); n != 1 {
		t.Errorf("%d segments", n)
	}
	if got := drain(&o, 77); !bytes.Equal(got, want) {
		t.Error("not the bytes of the run")
	}
}

func TestWholeMessagesKeepTheirPlaceBetweenOthers(t *testing.T) {
	t.Parallel()
	var o Outbox
	o.max = 1 << 20
	var q Quota
	r := run{Chunk: chunk.Get(64 << 10)}
	var want []byte
	for i := range 40 {
		f := r.next(i, 100)
		if i%7 == 3 { // this one goes to others only
			continue
		}
		o.Deliver(f, nil, &q, 1)
		want = append(want, f.Body...)
		if i%5 == 0 {
			f, wire := message(i, 30, "7 ", nil)
			o.Deliver(f, []byte("7 "), &q, 1)
			want = append(want, wire...)
		}
		if i%11 == 0 { // a large one by reference
			owner := chunk.Get(refMin)
			f, wire := message(i, refMin, "7 ", owner)
			o.Deliver(f, []byte("7 "), &q, 1)
			owner.Release()
			want = append(want, wire...)
		}
	}
	r.Release()
	if got := drain(&o, 1000); !bytes.Equal(got, want) {
		t.Error("bytes in another order")
	}
}

func TestRunsPinABoundedNumberOfChunks(t *testing.T) {
	t.Parallel()
	var o Outbox
	o.max = 1 << 20
	var q Quota
	var want []byte
	for i := range 3 * maxRuns {
		r := run{Chunk: chunk.Get(64 << 10)}
		f := r.next(i, 10)
		o.Deliver(f, nil, &q, 1)
		want = append(want, f.Body...)
		r.Release()
	}
	pinned := make(map[*chunk.Chunk]bool)
	for _, s := range o.bytes.segs.list {
		pinned[s.c] = true
	}
	if n := len(pinned); n > maxRuns+1 { // and one of its own
		t.Errorf("%d chunks are held for %d bytes", n, o.bytes.size)
	}
	if got := drain(&o, 100); !bytes.Equal(got, want) {
		t.Error("not the bytes that were delivered")
	}
}
