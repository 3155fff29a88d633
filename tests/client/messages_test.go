package client

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMessageReachesSubscriber(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		pub, sub := connect(t, s), connect(t, s)
		messages := subscribe(t, sub, "orders.*.eu")
		must(t, pub.PublishRequest("orders.new.eu", "reply.here", []byte("one")))
		got := next(t, messages)
		want := []string{"orders.new.eu", "reply.here", "one"}
		if diff := cmp.Diff(want, []string{got.Subject, got.Reply, string(got.Data)}); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRequestGetsReply(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		client, service := connect(t, s), connect(t, s)
		_, err := service.Subscribe("upper", func(m *nats.Msg) { m.Respond([]byte(strings.ToUpper(string(m.Data)))) })
		must(t, err)
		must(t, service.Flush())
		for i := range 100 {
			text := "call-" + strconv.Itoa(i)
			got, err := client.Request("upper", []byte(text), proc.Patience)
			must(t, err)
			if want := strings.ToUpper(text); string(got.Data) != want {
				t.Fatalf("reply %q, want %q", got.Data, want)
			}
		}
	})
}

func TestRequestWithoutResponderFailsAtOnce(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		_, err := connect(t, s).Request("nobody.there", nil, proc.Patience)
		if !errors.Is(err, nats.ErrNoResponders) {
			t.Errorf("error %v, want %v", err, nats.ErrNoResponders)
		}
	})
}

func TestHeadersArriveAsSent(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		nc := connect(t, s)
		sub := subscribe(t, nc, "h")
		sent := nats.NewMsg("h")
		sent.Header = nats.Header{"Trace-Id": {"a1"}, "multi": {"x", "y"}, "Empty": {""}}
		sent.Data = []byte("body")
		must(t, nc.PublishMsg(sent))
		got := next(t, sub)
		if diff := cmp.Diff(sent.Header, got.Header); diff != "" {
			t.Error(diff)
		}
		if string(got.Data) != "body" {
			t.Errorf("data %q", got.Data)
		}
	})
}

func TestMessagesOfOnePublisherStayInOrder(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		const count = 20000
		s := proc.Start(t, target, proc.Options{Way: way})
		pub, sub := connect(t, s), connect(t, s)
		messages, err := sub.SubscribeSync("seq.>")
		must(t, err)
		must(t, messages.SetPendingLimits(-1, -1))
		must(t, sub.Flush())
		for i := range count {
			must(t, pub.Publish("seq."+strconv.Itoa(i%7), []byte(strconv.Itoa(i))))
		}
		must(t, pub.Flush())
		for i := range count {
			if got := string(next(t, messages).Data); got != strconv.Itoa(i) {
				t.Fatalf("message %d is %s", i, got)
			}
		}
	})
}

func TestPayloadsOfAllSizesArriveWhole(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		skipInflatedLimit(t, target, way)
		s := proc.Start(t, target, proc.Options{Way: way})
		pub, one, two := connect(t, s), connect(t, s), connect(t, s)
		subs := []*nats.Subscription{subscribe(t, one, "size"), subscribe(t, two, "size")}
		for _, size := range []int{0, 1, 500, 511, 512, 4095, 4096, 5000, 32768, 65535, 65536, 65537, 300000, 1 << 20} {
			payload := strings.Repeat("0123456789abcdef", size/16+1)[:size]
			must(t, pub.Publish("size", []byte(payload)))
			for _, sub := range subs {
				if got := next(t, sub).Data; string(got) != payload {
					t.Fatalf("payload of %d bytes came as %d bytes", size, len(got))
				}
			}
		}
	})
}

func TestQueueGroupSharesMessages(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		const members, count = 4, 2000
		s := proc.Start(t, target, proc.Options{Way: way})
		var share [members]atomic.Int64
		var total atomic.Int64
		done := make(chan struct{})
		for i := range members {
			nc := connect(t, s)
			_, err := nc.QueueSubscribe("work", "workers", func(*nats.Msg) {
				share[i].Add(1)
				if total.Add(1) == count {
					close(done)
				}
			})
			must(t, err)
			must(t, nc.Flush())
		}
		pub := connect(t, s)
		for range count {
			must(t, pub.Publish("work", nil))
		}
		receive(t, done, "last message")
		// A fair draw among four gives 500 each with a deviation of 20.
		for i := range share {
			if n := share[i].Load(); n < count/members-150 || n > count/members+150 {
				t.Errorf("member %d got %d of %d", i, n, count)
			}
		}
	})
}

func TestUnsubscribeAfterMaximum(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		s := proc.Start(t, target, proc.Options{Way: way})
		nc, pub := connect(t, s), connect(t, s)
		sub := subscribe(t, nc, "limited")
		must(t, sub.AutoUnsubscribe(3))
		must(t, nc.Flush())
		for range 10 {
			must(t, pub.Publish("limited", nil))
		}
		must(t, pub.Flush())
		must(t, nc.Flush())
		for range 3 {
			next(t, sub)
		}
		if _, err := sub.NextMsg(time.Millisecond); !errors.Is(err, nats.ErrMaxMessages) {
			t.Errorf("error %v, want %v", err, nats.ErrMaxMessages)
		}
		if got := nc.Stats().InMsgs; got != 3 {
			t.Errorf("%d messages came, want 3", got)
		}
	})
}

func TestDrainHandsOutWhatHasArrived(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		const count = 500
		s := proc.Start(t, target, proc.Options{Way: way})
		closed := make(chan struct{})
		nc := connect(t, s, nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
		pub := connect(t, s)
		var got atomic.Int64
		first := make(chan struct{})
		_, err := nc.Subscribe("drain", func(*nats.Msg) {
			if got.Add(1) == 1 {
				close(first)
			}
		})
		must(t, err)
		must(t, nc.Flush())
		for i := range count {
			must(t, pub.Publish("drain", fmt.Append(nil, i)))
		}
		must(t, pub.Flush())
		receive(t, first, "first message")
		must(t, nc.Drain())
		receive(t, closed, "end of the drained connection")
		if got.Load() != count {
			t.Errorf("%d messages handled, want %d", got.Load(), count)
		}
	})
}
