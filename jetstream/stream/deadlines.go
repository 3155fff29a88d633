package stream

import "container/heap"

// deadlines are the messages that have a time to live of their own, by when it is
// over. Messages that went before are passed over when their time comes.
type deadlines struct {
	h deadlineHeap
}

// deadline is when a message goes, in unix nanoseconds.
type deadline struct {
	at  int64
	seq uint64
}

type deadlineHeap []deadline

func (h deadlineHeap) Len() int           { return len(h) }
func (h deadlineHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h deadlineHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *deadlineHeap) Push(x any)        { *h = append(*h, x.(deadline)) }
func (h *deadlineHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// add notes that a message goes at a time.
func (d *deadlines) add(seq uint64, at int64) { heap.Push(&d.h, deadline{at, seq}) }

// next returns when the first message goes; 0 if none does.
func (d *deadlines) next() int64 {
	if len(d.h) == 0 {
		return 0
	}
	return d.h[0].at
}

// due takes out a message whose time has come.
func (d *deadlines) due(now int64) (uint64, bool) {
	if len(d.h) == 0 || d.h[0].at > now {
		return 0, false
	}
	return heap.Pop(&d.h).(deadline).seq, true
}
