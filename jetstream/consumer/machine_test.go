package consumer_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/consumer"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/google/go-cmp/cmp"
)

// host records effects as text. It implements consumer.Host.
type host struct {
	said   []string
	log    [][]byte
	absent map[string]bool // inboxes that nobody listens to
	acks   []string        // reply subjects of deliveries
}

func (h *host) Deliver(to []byte, d *consumer.Delivery) bool {
	if h.absent[string(to)] {
		return false
	}
	h.acks = append(h.acks, string(d.Reply))
	h.said = append(h.said, fmt.Sprintf("%s: %s %s", to, d.Subject, strings.Join(strings.Split(string(d.Reply), ".")[4:7], ".")))
	return true
}

func (h *host) Send(to, reply, block []byte) {
	text := strings.ReplaceAll(strings.TrimSpace(strings.TrimPrefix(string(block), "NATS/1.0 ")), "\r\n", "; ")
	h.said = append(h.said, fmt.Sprintf("%s: %s", to, text))
}

func (h *host) Interest(subject, _ string) bool { return !h.absent[subject] }
func (h *host) Log(entry []byte)                { h.log = append(h.log, append([]byte(nil), entry...)) }
func (h *host) Answer(reply []byte)             { h.said = append(h.said, "answer "+string(reply)) }
func (h *host) Done(seq uint64)                 { h.said = append(h.said, fmt.Sprintf("done %d", seq)) }
func (h *host) Advise(e *consumer.Event) {
	h.said = append(h.said, strings.TrimSpace(fmt.Sprintf("event %d of %d, %d deliveries %s", e.Kind, e.StreamSeq, e.Deliveries, e.Reason)))
}

// rig is a machine over messages 1 to n on s.0 to s.2.
type rig struct {
	*consumer.Machine
	t     *testing.T
	host  *host
	store *store.Memory
	cfg   *api.ConsumerConfig
	now   int64
}

var facts = consumer.Facts{Stream: "S", Consumer: "C"}

func newRig(t *testing.T, n int, c api.ConsumerConfig) *rig {
	t.Helper()
	r := &rig{t: t, host: &host{absent: map[string]bool{}}, store: store.NewMemory(), now: 1e9}
	for range n {
		r.publish()
	}
	if c.Durable == "" {
		c.Durable = "C"
	}
	stream := api.StreamConfig{Name: "S"}.WithDefaults(&api.Bounds{})
	r.cfg = c.WithDefaults(stream, &api.Bounds{})
	if err := r.cfg.Validate(stream, &api.Bounds{}); err != nil {
		t.Fatal(err)
	}
	r.Machine = consumer.New(r.cfg, facts, r.store, r.host, r.now)
	return r
}

func (r *rig) publish() {
	seq := r.store.State().LastSeq + 1
	_ = r.store.Append(&store.Message{Seq: seq, Time: r.now, Subject: fmt.Appendf(nil, "s.%d", seq%3)}, 0)
}

// run advances until there is nothing more to do at once.
func (r *rig) run() (next int64) {
	for {
		more, next := r.Advance(r.now)
		if !more {
			return next
		}
	}
}

func (r *rig) pull(body string) {
	r.Pull([]byte("in"), []byte(body), r.now)
	r.run()
}

func (r *rig) ack(stream, cons uint64, payload string) {
	r.Ack(&api.AckSubject{StreamSeq: stream, ConsumerSeq: cons, Delivered: 1}, []byte(payload), nil, r.now)
	r.run()
}

func (r *rig) wait(d time.Duration) {
	r.now += int64(d)
	r.run()
}

// said compares what was said since the last time.
func (r *rig) said(want ...string) {
	r.t.Helper()
	if d := cmp.Diff(want, r.host.said); d != "" {
		r.t.Error(d)
	}
	r.host.said = nil
}

func TestRedeliveryOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, 6, api.ConsumerConfig{AckPolicy: api.AckExplicit, AckWait: time.Second})
	r.pull("4")
	r.said("in: s.1 1.1.1", "in: s.2 1.2.2", "in: s.0 1.3.3", "in: s.1 1.4.4")
	r.ack(2, 2, "")
	r.wait(2 * time.Second)
	r.pull("5")
	r.said("in: s.1 2.1.5", "in: s.0 2.3.6", "in: s.1 2.4.7", "in: s.2 1.5.8", "in: s.0 1.6.9")
	r.ack(4, 7, "-NAK")
	r.pull("1")
	r.said("event 1 of 4, 2 deliveries", "in: s.1 3.4.10")
}

func TestBackoffAndMaxDeliver(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, api.ConsumerConfig{AckPolicy: api.AckExplicit, BackOff: []time.Duration{time.Second, 3 * time.Second}, MaxDeliver: 3})
	r.pull(`{"batch":10,"expires":3600000000000}`)
	r.said("in: s.1 1.1.1")
	r.wait(999 * time.Millisecond)
	r.said()
	r.wait(time.Millisecond)
	r.said("in: s.1 2.1.2")
	r.wait(2999 * time.Millisecond)
	r.said()
	r.wait(time.Millisecond)
	r.said("in: s.1 3.1.3")
	r.wait(3 * time.Second)
	r.said("event 0 of 1, 3 deliveries")
	r.wait(time.Hour / 2)
	r.said()
}

func TestMaxAckPending(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9, api.ConsumerConfig{AckPolicy: api.AckExplicit, MaxAckPending: 2})
	r.pull(`{"batch":9,"expires":3600000000000}`)
	r.said("in: s.1 1.1.1", "in: s.2 1.2.2")
	r.ack(2, 2, "+ACK")
	r.said("in: s.0 1.3.3")
	var i api.ConsumerInfo
	r.Info(&i, r.now)
	if i.AckFloor.Stream != 0 || i.NumAckPending != 2 || i.NumPending != 6 || !strings.Contains(i.Waits, "max_ack_pending") {
		t.Errorf("%+v", i)
	}
	r.ack(1, 1, "")
	r.said("in: s.1 1.4.4")
	r.Info(&i, r.now)
	if i.AckFloor.Stream != 2 || i.AckFloor.Consumer != 2 {
		t.Errorf("%+v", i)
	}
}

func TestPullsTakeTurns(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0, api.ConsumerConfig{})
	for _, inbox := range []string{"a", "b", "gone", "c"} {
		r.Pull([]byte(inbox), []byte(`{"batch":2,"expires":60000000000}`), r.now)
	}
	r.host.absent["gone"] = true
	for range 5 {
		r.publish()
	}
	r.run()
	r.said("a: s.1 1.1.1", "b: s.2 1.2.2", "c: s.0 1.3.3", "a: s.1 1.4.4", "b: s.2 1.5.5")
	r.wait(time.Minute)
	r.said("c: 408 Request Timeout; Nats-Pending-Messages: 1; Nats-Pending-Bytes: 0")
}

func TestRemovedMessagesAreNotDelivered(t *testing.T) {
	t.Parallel()
	r := newRig(t, 5, api.ConsumerConfig{AckPolicy: api.AckExplicit})
	r.pull("2")
	r.said("in: s.1 1.1.1", "in: s.2 1.2.2")
	for _, seq := range []uint64{2, 4} {
		msg, _ := r.store.Load(seq, nil)
		r.store.Remove(seq, false)
		r.Removed(seq, msg.Subject)
	}
	r.said("event 2 of 2, 1 deliveries Unacknowledged message was deleted")
	var i api.ConsumerInfo
	r.Info(&i, r.now)
	if i.NumPending != 2 || i.NumAckPending != 1 {
		t.Errorf("%+v", i)
	}
	r.pull("5")
	r.said("in: s.0 1.3.3", "in: s.2 1.5.4")
}

// TestStateSurvives makes random things happen, and now and then puts another machine
// in the place of the first, made of its snapshot and of what it logged since: both say
// the same of themselves.
func TestStateSurvives(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 2))
			policies := []api.AckPolicy{api.AckNone, api.AckAll, api.AckExplicit}
			c := api.ConsumerConfig{AckPolicy: policies[rnd.IntN(3)], MaxDeliver: rnd.IntN(4)}
			if rnd.IntN(2) == 0 {
				c.FilterSubjects = []string{"s.1", "s.2"}
			}
			if rnd.IntN(3) == 0 {
				c.DeliverPolicy = api.DeliverLastPerSubject
				c.FilterSubjects, c.FilterSubject = nil, "s.*"
			}
			r := newRig(t, 10, c)
			snapshot := r.Snapshot(nil)
			r.host.log = nil
			for range 300 {
				switch rnd.IntN(6) {
				case 0, 1:
					r.publish()
				case 2:
					r.pull(fmt.Sprint(1 + rnd.IntN(4)))
				case 3:
					if n := len(r.host.acks); n > 0 {
						var a api.AckSubject
						a.Parse([]byte(r.host.acks[max(0, n-1-rnd.IntN(5))]))
						r.Ack(&a, []byte([]string{"", "", "-NAK", "+TERM", "+WPI"}[rnd.IntN(5)]), nil, r.now)
						r.run()
					}
				case 4:
					r.wait(time.Duration(rnd.IntN(20)) * time.Second)
				case 5:
					again, err := consumer.Restore(r.cfg, facts, r.store, r.host, snapshot, r.now)
					if err != nil {
						t.Fatal(err)
					}
					for _, e := range r.host.log {
						if err := again.Replay(e); err != nil {
							t.Fatal(err)
						}
					}
					if d := cmp.Diff(describe(r.Machine, r.now), describe(again, r.now)); d != "" {
						t.Fatal(d)
					}
					if rnd.IntN(2) == 0 {
						r.Machine, snapshot = again, again.Snapshot(nil)
						r.host.log = nil
					}
				}
			}
		})
	}
}

// describe is what has to be the same after a restart.
func describe(m *consumer.Machine, now int64) map[string]any {
	var i api.ConsumerInfo
	m.Info(&i, now)
	return map[string]any{
		"delivered": [2]uint64{i.Delivered.Consumer, i.Delivered.Stream}, "floor": [2]uint64{i.AckFloor.Consumer, i.AckFloor.Stream},
		"out": i.NumAckPending, "again": i.NumRedelivered, "ahead": i.NumPending,
	}
}

func FuzzRestore(f *testing.F) {
	cfg := api.ConsumerConfig{Durable: "C", AckPolicy: api.AckExplicit}.WithDefaults(&api.StreamConfig{}, &api.Bounds{})
	m := consumer.New(cfg, facts, store.NewMemory(), &host{}, 1)
	f.Add(m.Snapshot(nil), []byte{1, 1, 1, 1, 1})
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 15}, []byte{2, 255})
	f.Fuzz(func(t *testing.T, snapshot, entry []byte) {
		m, err := consumer.Restore(cfg, facts, store.NewMemory(), &host{}, snapshot, 1)
		if err != nil {
			return
		}
		_ = m.Replay(entry)
		m.Advance(2)
	})
}
