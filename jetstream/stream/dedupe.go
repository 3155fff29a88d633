package stream

import "time"

// dedupe remembers the message ids of the last while.
type dedupe struct {
	window time.Duration // 0 remembers nothing
	byID   map[string]uint64
	order  []seen // by time; those before head are forgotten
	head   int
}

// seen is an id with the sequence and time of its message.
type seen struct {
	id   string
	seq  uint64
	time int64
}

// find returns the sequence of the message with an id.
func (d *dedupe) find(id []byte, now int64) (uint64, bool) {
	d.expire(now)
	seq, ok := d.byID[string(id)]
	return seq, ok
}

// add remembers an id.
func (d *dedupe) add(id []byte, seq uint64, time int64) {
	if d.window <= 0 {
		return
	}
	if d.byID == nil {
		d.byID = make(map[string]uint64)
	}
	s := seen{string(id), seq, time}
	d.byID[s.id] = seq
	d.order = append(d.order, s)
}

// expire forgets what is older than the window.
func (d *dedupe) expire(now int64) {
	for d.head < len(d.order) && d.order[d.head].time <= now-int64(d.window) {
		s := &d.order[d.head]
		if d.byID[s.id] == s.seq {
			delete(d.byID, s.id)
		}
		*s = seen{}
		d.head++
	}
	if d.head > 1024 && d.head > len(d.order)/2 {
		d.order = append([]seen(nil), d.order[d.head:]...)
		d.head = 0
	}
	if len(d.byID) == 0 {
		d.byID = nil // maps do not shrink
		d.order, d.head = nil, 0
	}
}
