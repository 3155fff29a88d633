package client

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// TestUnsubscribeRace has publishers use up a subscription's quota while its
// owner unsubscribes: never more than the quota is delivered, nothing after
// UNSUB was answered, and nothing of the subscription stays.
func TestUnsubscribeRace(t *testing.T) {
	t.Parallel()
	const rounds, publishers, quota = 100, 3, 5
	w := newWorld(t, nil)
	owner := w.quiet()
	var senders []*peer
	for range publishers {
		senders = append(senders, w.quiet())
	}
	for round := range rounds {
		sid := fmt.Sprint(round)
		owner.send("SUB a "+sid, fmt.Sprintf("UNSUB %s %d", sid, quota))
		owner.barrier()
		var wg sync.WaitGroup
		for _, s := range senders {
			wg.Go(func() {
				s.send(strings.Repeat("PUB a 0\r\n\r\n", quota) + "PING")
				s.expect("PONG")
			})
		}
		owner.send("UNSUB "+sid, "PING")
		got := 0
		for {
			line, err := owner.next()
			if err != nil {
				t.Fatal(err)
			}
			if line == "PONG" {
				break
			}
			if line == "MSG a "+sid+" 0" {
				got++
			} else if line != "" {
				t.Fatalf("round %d: read %q", round, line)
			}
		}
		wg.Wait()
		if got > quota {
			t.Errorf("round %d: %d messages, want at most %d", round, got, quota)
		}
		owner.barrier() // nothing came after the answer
	}
	if n := w.env.Account.Interest.Len(); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
	if n := owner.c.Report(Detail{}).NumSubs; n != 0 {
		t.Errorf("the client still has %d subscriptions", n)
	}
}

// TestNothingIsDeliveredAfterTheEnd has a publisher that found a subscription
// just before it ended.
func TestNothingIsDeliveredAfterTheEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		sent string
	}{
		{"UNSUB", "UNSUB 1"},
		{"a second CONNECT", quietLine},
	} {
		w := newWorld(t, nil)
		p := w.quiet()
		p.send("SUB a 1")
		p.barrier()
		var found account.Subscriber
		for item := range w.env.Account.Interest.All() {
			found = item.Value
		}
		p.send(tt.sent)
		p.barrier()
		var m message.Message
		var b message.Batch
		m.Compose([]byte("a"), nil, []byte("late"))
		if got := found.Deliver(&m, &b); got != account.Unsubscribed {
			t.Errorf("%s: the outcome is %v", tt.name, got)
		}
		b.Flush()
		p.barrier() // nothing came
	}
}

// TestQuotaIsExactWithManyPublishers checks that a quota is used up to the last
// message and not beyond, whoever delivers it.
func TestQuotaIsExactWithManyPublishers(t *testing.T) {
	t.Parallel()
	const rounds, publishers, quota = 50, 3, 7
	w := newWorld(t, nil)
	owner := w.quiet()
	var senders []*peer
	for range publishers {
		senders = append(senders, w.quiet())
	}
	for round := range rounds {
		sid := fmt.Sprint(round)
		owner.send("SUB a "+sid, fmt.Sprintf("UNSUB %s %d", sid, quota))
		owner.barrier()
		var wg sync.WaitGroup
		for _, s := range senders {
			wg.Go(func() {
				s.send(strings.Repeat("PUB a 0\r\n\r\n", quota) + "PING")
				s.expect("PONG")
			})
		}
		for range quota {
			owner.expect("MSG a "+sid+" 0", "")
		}
		wg.Wait()
		owner.barrier()
		if n := w.env.Account.Interest.Len(); n != 0 {
			t.Fatalf("round %d: %d subscriptions are left", round, n)
		}
	}
}

// TestClientsComeAndGo churns clients and subscriptions under a stream of
// messages; nothing of them may stay.
func TestClientsComeAndGo(t *testing.T) {
	t.Parallel()
	const workers, rounds, subs = 4, 15, 20
	w := newWorld(t, nil)
	publisher := w.quiet()
	stop := make(chan struct{})
	var stream sync.WaitGroup
	stream.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				publisher.send(strings.Repeat("PUB a.b 1\r\nx\r\n", 10) + "PING")
				publisher.expect("PONG")
			}
		}
	})
	var mu sync.Mutex // of w.join
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for round := range rounds {
				mu.Lock()
				p := w.join()
				mu.Unlock()
				var b strings.Builder
				b.WriteString(quietLine + "\r\n")
				for i := range subs {
					fmt.Fprintf(&b, "SUB %s %d\r\n", []string{"a.b", "a.*", ">", "a.b q"}[i%4], i)
				}
				p.send(b.String() + "PING")
				for {
					if line, err := p.next(); err != nil || line == "PONG" {
						break
					}
				}
				if round%2 == 0 {
					p.c.Close(0)
				}
				p.leave()
			}
		})
	}
	wg.Wait()
	close(stop)
	stream.Wait()
	if n := w.env.Account.Interest.Len(); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
	if n := w.env.Registry.Len(); n != 1 {
		t.Errorf("%d clients are registered, want the publisher", n)
	}
	stats := w.env.Account.Interest.Stats()
	if stats.Inserts != workers*rounds*subs || stats.Removes != stats.Inserts {
		t.Errorf("%d subscriptions were made and %d removed, want %d", stats.Inserts, stats.Removes, workers*rounds*subs)
	}
	if totals, rep := w.env.Registry.Totals(), publisher.c.Report(Detail{}); totals.In != rep.In {
		t.Errorf("received %+v in total, %+v from the only publisher", totals.In, rep.In)
	}
}

// A subscription that got its last message is gone for its owner at once, even
// if the publisher who delivered it has not removed it yet.
func TestSIDOfASpentSubscriptionIsFree(t *testing.T) {
	t.Parallel()
	spent := &subscription{subject: "old", label: []byte("1 "), quota: conn.Quota{Sent: 2, Max: 2}}
	open := &subscription{subject: "old", label: []byte("2 "), quota: conn.Quota{Sent: 1, Max: 2}}
	log, err := logging.New(logging.Config{Discard: true})
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{conn: conn.New(nil, 1000, false), env: &Env{Log: log}}
	for _, s := range []*subscription{spent, open} {
		s.client = c
	}
	c.subs = map[string]*subscription{"1": spent, "2": open}
	c.dropSpent([]byte("1"))
	c.dropSpent([]byte("2"))
	c.dropSpent([]byte("3"))
	if c.subs["1"] != nil || c.subs["2"] != open {
		t.Errorf("left: %v", c.subs)
	}
}
