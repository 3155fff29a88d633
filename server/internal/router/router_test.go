package router

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
)

const pub = "PUB a.b 3\r\nhey\r\n"

func TestPublishReachesEveryPlainSubscription(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	const frame = "MSG a.b 1 3\r\nhey\r\n"
	subs := []*subscriber{
		subscribe(t, a, "a.b", ""), subscribe(t, a, "a.b", ""), subscribe(t, a, "a.*", ""),
		subscribe(t, a, ">", ""), subscribe(t, a, "a.c", ""), subscribe(t, a, "a", ""),
	}
	want := [][]string{{frame}, {frame}, {frame}, {frame}, nil, nil}
	if n := Publish(a, passing(t, pub)); n != 4 {
		t.Errorf("delivered to %d, want 4", n)
	}
	var got [][]string
	for _, s := range subs {
		got = append(got, s.took)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPublishReachesOneMemberOfEachGroup(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	for _, s := range []string{"a.b", "a.*", ">"} {
		for _, queue := range []string{"q", "r"} {
			subscribe(t, a, s, queue)
		}
	}
	subscribe(t, a, "a.b", "")
	p := passing(t, pub)
	for range 50 {
		if n := Publish(a, p); n != 3 {
			t.Fatalf("delivered to %d, want 1 and one of each group", n)
		}
	}
	took := make(map[string]int)
	for item := range a.Interest.All() {
		took[item.Queue] += len(item.Value.(*subscriber).took)
	}
	if diff := cmp.Diff(map[string]int{"": 50, "q": 50, "r": 50}, took); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNobodyInterested(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	subscribe(t, a, "x", "")
	if n := Publish(a, passing(t, pub)); n != 0 {
		t.Errorf("delivered to %d", n)
	}
}

// TestQueueGroupIsFair bounds the share of every member: by chance it fails
// less than once in a hundred million runs.
func TestQueueGroupIsFair(t *testing.T) {
	t.Parallel()
	const messages = 10000
	for _, members := range []int{2, 3, 10} {
		t.Run(fmt.Sprint(members), func(t *testing.T) {
			t.Parallel()
			a := account.New(account.Global)
			var subs []*subscriber
			for i := range members {
				// A group is one across the subjects that match.
				s := subscribe(t, a, []string{"a.b", "a.*", "a.>"}[i%3], "q")
				s.keep = false
				subs = append(subs, s)
			}
			p := passing(t, pub)
			for range messages {
				if Publish(a, p) != 1 {
					t.Fatal("a message was lost or doubled")
				}
			}
			share := messages / members
			for i, s := range subs {
				if s.offered < share*75/100 || s.offered > share*125/100 {
					t.Errorf("member %d of %d got %d of %d messages", i, members, s.offered, messages)
				}
			}
		})
	}
}

func TestQueueGroupFallsBackToAnotherMember(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]account.Outcome{
		"echo": account.Echo, "unsubscribed": account.Unsubscribed, "spent": account.Spent,
		"closed": account.Closed, "dropped": account.Dropped,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := account.New(account.Global)
			var refusing []*subscriber
			for range 4 {
				s := subscribe(t, a, "a.b", "q")
				s.answer = o
				refusing = append(refusing, s)
			}
			willing := subscribe(t, a, "a.b", "q")
			p := passing(t, pub)
			for range 100 {
				if Publish(a, p) != 1 {
					t.Fatal("nobody got the message")
				}
			}
			asked := 0
			for _, s := range refusing {
				asked += s.offered
			}
			if len(willing.took) != 100 || asked == 0 {
				t.Errorf("the willing member got %d of 100, the others were asked %d times", len(willing.took), asked)
			}
			willing.answer = o
			for _, s := range append(refusing, willing) {
				s.offered = 0
			}
			if n := Publish(a, p); n != 0 {
				t.Errorf("delivered to %d though all refuse", n)
			}
			for i, s := range append(refusing, willing) {
				if s.offered != 1 {
					t.Errorf("member %d was asked %d times", i, s.offered)
				}
			}
		})
	}
}

func TestRefusedDeliveriesDoNotCount(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	for _, o := range []account.Outcome{account.Spent, account.Closed, account.Delivered, account.Dropped} {
		subscribe(t, a, "a.b", "").answer = o
	}
	if n := Publish(a, passing(t, pub)); n != 1 {
		t.Errorf("delivered to %d, want 1", n)
	}
}

func TestNoEcho(t *testing.T) {
	t.Parallel()
	type counts struct{ Mine, Other, MineInGroup, OtherInGroup int }
	for _, tt := range []struct {
		noEcho    bool
		delivered int
		want      counts // of 100 messages
	}{
		{noEcho: false, delivered: 3, want: counts{Mine: 100, Other: 100}},
		{noEcho: true, delivered: 2, want: counts{Other: 100, OtherInGroup: 100}},
	} {
		a := account.New(account.Global)
		mine, other := subscribe(t, a, "a.b", ""), subscribe(t, a, "a.b", "")
		mineQ, otherQ := subscribe(t, a, "a.b", "q"), subscribe(t, a, "a.b", "q")
		mineQ.from = mine
		p, op := new(Pass), parse(t, pub)
		for range 100 {
			p.Message.Load(op, nil, mine, tt.noEcho)
			if n := Publish(a, p); n != tt.delivered {
				t.Fatalf("no echo %v: delivered to %d, want %d", tt.noEcho, n, tt.delivered)
			}
		}
		got := counts{len(mine.took), len(other.took), len(mineQ.took), len(otherQ.took)}
		if !tt.noEcho { // chance decides
			got.MineInGroup, got.OtherInGroup = 0, 0
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("no echo %v, -want +got:\n%s", tt.noEcho, diff)
		}
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, sent string
		maps       func(*testing.T) *subject.Mappings
		want       []string // frames at a subscription to everything
	}{
		{"none", pub, func(*testing.T) *subject.Mappings { return nil }, []string{"MSG a.b 1 3\r\nhey\r\n"}},
		{"other subject", "PUB c 1\r\nx\r\n", swap, []string{"MSG c 1 1\r\nx\r\n"}},
		{"tokens swapped", pub, swap, []string{"MSG b.x.a 1 3\r\nhey\r\n"}},
		{"with reply and odd size", "PUB a.b a.b 003\r\nhey\r\n", swap, []string{"MSG b.x.a 1 a.b 003\r\nhey\r\n"}},
		{"with header", "HPUB a.b 12 13\r\nNATS/1.0\r\n\r\nx\r\n", swap, []string{"HMSG b.x.a 1 12 13\r\nNATS/1.0\r\n\r\nx\r\n"}},
		{"lost", pub, func(t *testing.T) *subject.Mappings {
			return mappingsOf(t, "a.b", subject.Dest{Subject: "a.b", Weight: 20}).WithRand(func(int) int { return 99 })
		}, nil},
		{"not lost", pub, func(t *testing.T) *subject.Mappings {
			return mappingsOf(t, "a.b", subject.Dest{Subject: "a.b", Weight: 20}).WithRand(func(int) int { return 0 })
		}, []string{"MSG a.b 1 3\r\nhey\r\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := account.New(account.Global)
			a.Mappings.Store(tt.maps(t))
			s := subscribe(t, a, ">", "")
			if n := Publish(a, passing(t, tt.sent)); n != len(tt.want) {
				t.Errorf("delivered to %d, want %d", n, len(tt.want))
			}
			if diff := cmp.Diff(tt.want, s.took); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// swap maps a.b to b.x.a, for any two tokens.
func swap(t *testing.T) *subject.Mappings {
	return mappingsOf(t, "*.*", subject.Dest{Subject: "{{wildcard(2)}}.x.$1", Weight: 100})
}

func TestRouteDoesNotMap(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	a.Mappings.Store(swap(t))
	s := subscribe(t, a, ">", "")
	Route(a, passing(t, pub))
	if diff := cmp.Diff([]string{"MSG a.b 1 3\r\nhey\r\n"}, s.took); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOwnSubscription(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	me := new(int)
	inbox, all := subscribe(t, a, "inbox.7", ""), subscribe(t, a, "logs.>", "")
	inbox.from, all.from = me, me
	subscribe(t, a, "group.7", "q").from = me
	subscribe(t, a, "inbox.*", "")
	for reply, want := range map[string]account.Subscriber{
		"inbox.7": inbox, "inbox.8": nil, "logs.a.b": all, "group.7": nil, "": nil, "a..b": nil,
	} {
		p := passing(t, pub)
		if got := OwnSubscription(a, p, []byte(reply), me); got != want {
			t.Errorf("%q: got %v, want %v", reply, got, want)
		}
		if string(p.Message.Subject) != "a.b" {
			t.Errorf("%q: the message was changed", reply)
		}
	}
}
