package router

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/account"
)

func TestPublish(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		subs    []string
		refuse  map[string]account.Outcome
		subject string
		want    int
		log     []string // sorted
	}{
		{"nobody", nil, nil, "a.b", 0, nil},
		{"nobody interested", []string{"a.c", "a", "q=b.*"}, nil, "a.b", 0, nil},
		{"everybody interested", []string{"a.b", "a.*", ">", "x.>"}, nil, "a.b", 3,
			[]string{">: a.b hi", "a.*: a.b hi", "a.b: a.b hi"}},
		{"one member of each group", []string{"q=a.b", "r=a.*", "a.b"}, nil, "a.b", 3,
			[]string{"a.b: a.b hi", "q=a.b: a.b hi", "r=a.*: a.b hi"}},
		{"a subscriber that refuses does not count", []string{"a.b", "a.*"},
			map[string]account.Outcome{"a.b": account.Echo}, "a.b", 1, []string{"a.*: a.b hi"}},
		{"a member that is closed is passed over", []string{"q=a.b", "q=a.*"},
			map[string]account.Outcome{"q=a.b": account.Closed}, "a.b", 1, []string{"q=a.*: a.b hi"}},
		{"a member that published it is passed over", []string{"q=a.*", "q=a.b"},
			map[string]account.Outcome{"q=a.*": account.Echo}, "a.b", 1, []string{"q=a.b: a.b hi"}},
		{"all members refuse", []string{"q=a.*", "q=a.b", "q=>"},
			map[string]account.Outcome{"q=a.*": account.Echo, "q=a.b": account.Spent, "q=>": account.Dropped}, "a.b", 0, nil},
		{"an empty token", []string{">", "a.>", "q=>"}, nil, "a..b", 0, nil},
		{"a subject that looks like a pattern", []string{"a.b", "a.*", "a.>"}, nil, "a.*", 2,
			[]string{"a.*: a.* hi", "a.>: a.* hi"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// Often enough to begin a group with each of its members.
			for range 20 {
				s := newScene(t, tt.subs...)
				for name, o := range tt.refuse {
					s.subs[name].outcome = o
				}
				if diff := cmp.Diff(tt.want, s.publish(t, tt.subject)); diff != "" {
					t.Errorf("count: %s", diff)
				}
				slices.Sort(s.log)
				if diff := cmp.Diff(tt.log, s.log); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestEveryMemberThatRefusesIsAskedOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t, "q=a", "q=*", "q=>")
	for _, f := range s.subs {
		f.outcome = account.Closed
	}
	s.publish(t, "a")
	for name, f := range s.subs {
		if f.tries != 1 {
			t.Errorf("%s was asked %d times", name, f.tries)
		}
	}
}

// The group is formed by name alone, across subjects, and each member gets the
// same share. The bounds are five standard deviations wide.
func TestQueueGroupIsFair(t *testing.T) {
	t.Parallel()
	s := newScene(t, "q=a.b", "q=a.*", "q=a.>", "q=*.b", "other=a.b")
	const messages = 40_000
	for range messages {
		if n := s.publish(t, "a.b"); n != 2 {
			t.Fatalf("delivered to %d", n)
		}
	}
	for name, f := range s.subs {
		low, high := messages/4-433, messages/4+433
		if name == "other=a.b" {
			low, high = messages, messages
		}
		if f.tries < low || f.tries > high {
			t.Errorf("%s got %d of %d messages, not %d to %d", name, f.tries, messages, low, high)
		}
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		from, to string
		weight   uint8
		subject  string
		want     []string
	}{
		{"rewrites the subject", "a.*", "b.$1.x", 100, "a.1", []string{"b.>: b.1.x hi"}},
		{"is applied once", "*.*", "b.$1", 100, "a.1", []string{"b.>: b.a hi"}},
		{"leaves other subjects alone", "a.*", "b.$1", 100, "a.1.2", []string{"a.>: a.1.2 hi"}},
		{"keeps the subject without any weight", "a.*", "b.$1", 0, "a.1", []string{"a.>: a.1 hi"}},
		{"loses the message", "a.1", "a.1", 0, "a.1", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, "a.>", "b.>")
			s.mapTo(t, tt.from, tt.to, tt.weight)
			if diff := cmp.Diff(len(tt.want), s.publish(t, tt.subject)); diff != "" {
				t.Errorf("count: %s", diff)
			}
			if diff := cmp.Diff(tt.want, s.log); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLostMessageHasNoSubject(t *testing.T) {
	t.Parallel()
	s := newScene(t, ">")
	s.mapTo(t, "a", "a", 0)
	s.publish(t, "a")
	if diff := cmp.Diff("", string(s.pass.Message.Subject)); diff != "" {
		t.Error(diff)
	}
}

func TestRouteDoesNotMap(t *testing.T) {
	t.Parallel()
	s := newScene(t, "a", "b")
	s.mapTo(t, "a", "b", 100)
	s.load(t, "PUB a 2\r\nhi\r\n")
	Route(s.Account, &s.pass)
	if diff := cmp.Diff([]string{"a: a hi"}, s.log); diff != "" {
		t.Error(diff)
	}
}

func TestOwnSubscription(t *testing.T) {
	t.Parallel()
	s := newScene(t, "inbox.1", "inbox.*", "q=inbox.2", "other.*")
	mine, theirs := new(int), new(int)
	s.subs["inbox.1"].conn = theirs
	s.subs["inbox.*"].conn = mine
	s.subs["q=inbox.2"].conn = theirs
	s.subs["other.*"].conn = mine
	for _, tt := range []struct {
		name    string
		subject string
		conn    any
		want    string
	}{
		{"matches", "inbox.1", theirs, "inbox.1"},
		{"by wildcard", "inbox.1", mine, "inbox.*"},
		{"not in a group", "inbox.2", theirs, ""},
		{"of somebody else", "other.1", theirs, ""},
		{"none", "nothing", mine, ""},
	} {
		got := ""
		if f, ok := OwnSubscription(s.Account, &s.pass, []byte(tt.subject), tt.conn).(*fake); ok {
			got = f.name
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
