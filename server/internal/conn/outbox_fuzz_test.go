package conn

import (
	"bytes"
	"testing"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// model is an outbox whose queue is one slice and whose writer is a prefix of
// it.
type model struct {
	queued, taken []byte
	full, dirty   bool
	owned         bool
	quota         Quota
	msgs          uint64
}

// accept returns the verdict for n more bytes.
func (m *model) accept(n int, message, drop bool, limit int) Verdict {
	pending := len(m.queued) + len(m.taken)
	mark := limit - limit/4
	switch {
	case m.full:
		return 0
	case message && m.quota.Max != 0 && m.quota.Sent >= m.quota.Max:
		return Spent
	case message && drop && pending > mark:
		return Dropped
	case pending+n > limit:
		m.full = true
		return Overflow
	}
	v := Queued
	if !m.owned && !m.dirty {
		m.dirty = true
		v |= NeedsFlush
	}
	if message {
		if m.msgs++; !drop && pending+n > mark {
			v |= Congested
		}
		if m.quota.Sent++; m.quota.Sent == m.quota.Max {
			v |= LastOne
		}
	}
	return v
}

// FuzzOutbox does what the fuzzer says to an outbox and to the model.
func FuzzOutbox(f *testing.F) {
	f.Add(false, []byte{0, 10, 1, 20, 2, 0, 3, 5, 0, 3, 3, 255})
	f.Add(false, []byte{1, 255, 0, 1, 1, 254, 2, 0, 0, 9, 3, 200, 0, 7, 3, 255, 2, 0, 3, 255})
	f.Add(false, []byte{4, 2, 1, 9, 1, 9, 1, 9, 6, 0, 1, 9, 2, 0, 3, 255})
	f.Add(true, []byte{1, 255, 1, 255, 1, 255, 1, 255, 4, 3, 0, 1, 5, 9, 2, 0, 3, 9, 3, 255})
	f.Fuzz(func(t *testing.T, drop bool, script []byte) {
		const limit = 256 << 10
		o := Outbox{max: limit, drop: drop}
		var m model
		var quota Quota
		var c cursor
		body := chunk.Get(64 << 10)
		copy(body.Buf, pattern(99, len(body.Buf)))
		check := func(step int, what string, got, want Verdict) {
			if got != want {
				t.Fatalf("step %d, %s: verdict %06b, want %06b", step, what, got, want)
			}
		}
		for i := 0; i+1 < len(script); i += 2 {
			arg := int(script[i+1])
			switch script[i] % 7 {
			case 0: // a control line
				b := pattern(i, arg)
				want := m.accept(arg, false, drop, limit)
				check(i/2, "put", o.Put(b), want)
				if want&Queued != 0 {
					m.queued = append(m.queued, b...)
				}
			case 1: // a message, its body copied or referenced
				n := arg * arg
				frame := &chunk.Frame{Head: pattern(i, arg%30+1), Mid: []byte("\r\n"), Body: body.Buf[arg : arg+n], Owner: body}
				wire := bytes.Join([][]byte{frame.Head, []byte("12 "), frame.Mid, frame.Body}, nil)
				want := m.accept(len(wire), true, drop, limit)
				check(i/2, "deliver", o.Deliver(frame, []byte("12 "), &quota, 0), want)
				if want&Queued != 0 {
					m.queued = append(m.queued, wire...)
				}
			case 2: // somebody becomes the owner, or takes the next batch
				if c.left == 0 {
					o.mu.Lock()
					c.set(o.bytes.take())
					o.owned, o.dirty = true, false
					o.mu.Unlock()
					m.taken, m.queued = m.queued, nil
					m.owned, m.dirty = true, false
				}
			case 3: // the kernel takes some
				n := c.left * arg / 255
				var got []byte
				for _, s := range c.front() {
					got = append(got, s.b[:min(len(s.b), n-len(got))]...)
				}
				if !bytes.Equal(m.taken[:n], got) {
					t.Fatalf("step %d: other bytes than those queued", i/2)
				}
				m.taken = m.taken[n:]
				o.mu.Lock()
				if n > 0 {
					c.advance(n)
				}
				o.wroteLocked(n)
				o.mu.Unlock()
			case 4: // UNSUB with a number
				m.quota.Max = uint64(arg)
				o.SetQuota(&quota, uint64(arg))
			case 6: // UNSUB, and a new subscription
				o.CloseQuota(&quota)
				if v := o.Deliver(&chunk.Frame{Body: body.Buf[:1]}, nil, &quota, 0); v != 0 {
					t.Fatalf("step %d: an ended subscription gets a message, %06b", i/2, v)
				}
				quota, m.quota = Quota{}, Quota{}
			case 5: // the owner leaves
				if c.left == 0 {
					o.mu.Lock()
					o.owned = false
					o.mu.Unlock()
					m.owned = false
				}
			}
			if got, want := o.Snapshot().Pending, int64(len(m.queued)+len(m.taken)); got != want {
				t.Fatalf("step %d: %d bytes pending, want %d", i/2, got, want)
			}
		}
		c.discard()
		o.mu.Lock()
		o.endLocked()
		o.mu.Unlock()
		if body.Shared() {
			t.Error("a reference was lost")
		}
		body.Release()
	})
}
