package perm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

func compiledSet(tb testing.TB, r *Rules) *Set {
	tb.Helper()
	s, err := Compile(r)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestEntriesAreChecked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rules Rules
		want  string
	}{
		{Rules{Publish: &Subjects{Allow: []string{"foo..bar"}}}, `subject "foo..bar" is not a valid subject`},
		{Rules{Publish: &Subjects{Deny: []string{"foo q"}}}, `subject "foo q" is not a valid subject`},
		{Rules{Subscribe: &Subjects{Allow: []string{"foo q..x"}}}, `queue "q..x" is not a valid queue`},
		{Rules{Subscribe: &Subjects{Allow: []string{"foo q x"}}}, `subject "foo q x" is not a valid subject`},
		{Rules{Subscribe: &Subjects{Deny: []string{"", "a.>.b"}}}, "subject \"\" is not a valid subject\nsubject \"a.>.b\" is not a valid subject"},
		{Rules{Subscribe: &Subjects{Allow: []string{"foo ", "\fq"}}}, "subject \"foo \" is not a valid subject\nsubject \"\\fq\" is not a valid subject"},
		{Rules{Subscribe: &Subjects{Allow: []string{"foo..x q"}}}, `subject "foo..x" is not a valid subject`},
		{Rules{Subscribe: &Subjects{Allow: []string{"foo q.*", "foo.>", "*", "foo \t q "}}}, ""},
	} {
		got := ""
		if _, err := Compile(&tt.rules); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		rules   *Rules
		yes, no string // subjects
	}{
		{"none", nil, "a a.b $SYS.x", ""},
		{"empty", &Rules{}, "a a.b", ""},
		{"an empty allow list restricts nothing", &Rules{Publish: &Subjects{Allow: []string{}}}, "a", ""},
		{"allow", &Rules{Publish: &Subjects{Allow: []string{"a.*", "b.>"}}}, "a.x b.x.y", "a a.x.y b c"},
		{"deny", &Rules{Publish: &Subjects{Deny: []string{"a.*"}}}, "a a.x.y b", "a.x"},
		{"deny wins", &Rules{Publish: &Subjects{Allow: []string{"a.>"}, Deny: []string{"a.b.>"}}}, "a.x a.b", "a.b.c b"},
		{"answers only", &Rules{Responses: &Responses{}}, "", "a _INBOX.x"},
		{"answers only, with a deny list", &Rules{Publish: &Subjects{Deny: []string{"x"}}, Responses: &Responses{}}, "", "a x"},
		{"answers beside others", &Rules{Publish: &Subjects{Allow: []string{"a"}}, Responses: &Responses{}}, "a", "b"},
		{"subscribe rules do not matter", &Rules{Subscribe: &Subjects{Deny: []string{">"}}}, "a", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := compiledSet(t, tt.rules)
			var c Cache
			for range 2 {
				for _, subj := range strings.Fields(tt.yes) {
					if !s.Publish([]byte(subj)) || !c.Publish(s, []byte(subj)) {
						t.Errorf("%s: refused", subj)
					}
				}
				for _, subj := range strings.Fields(tt.no) {
					if s.Publish([]byte(subj)) || c.Publish(s, []byte(subj)) {
						t.Errorf("%s: allowed", subj)
					}
				}
			}
		})
	}
}

func TestSubscribe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		rules   Subjects
		yes, no string // pattern or pattern=queue
	}{
		{"none", Subjects{}, "a a=q >", ""},
		{"plain entries are for every group", Subjects{Allow: []string{"foo"}}, "foo foo=v1 foo=v2", "bar bar=v1 > foo.>"},
		{"a group alone", Subjects{Allow: []string{"foo v1"}}, "foo=v1", "foo foo=v2"},
		{"plain, and of groups one", Subjects{Allow: []string{"foo", "foo v1"}}, "foo foo=v1", "foo=v2"},
		{"groups by wildcard", Subjects{Allow: []string{"foo v1.*", "foo dev.>"}}, "foo=v1.a foo=dev.a.b", "foo=v1 foo=dev"},
		{"the whole pattern has to be allowed", Subjects{Allow: []string{"foo.>", "x.bar", "y.*"}}, "foo.* foo.> foo.a.>", "x.* x.> y.> y.a.b >"},
		{"deny", Subjects{Deny: []string{"a.b"}}, "a a.* > a.b.c", "a.b a.b=q"},
		{"deny takes what it covers", Subjects{Deny: []string{"a.>"}}, "a > *", "a.b a.* a.> a.b=q"},
		{"a group denied", Subjects{Deny: []string{"foo v1"}}, "foo foo=v2", "foo=v1"},
		{"a group denied by wildcard", Subjects{Allow: []string{">"}, Deny: []string{"foo *"}}, "foo bar=x", "foo=v2"},
		{"plain deny over an allowed group", Subjects{Allow: []string{"foo v1"}, Deny: []string{"foo"}}, "", "foo foo=v1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := compiledSet(t, &Rules{Subscribe: &tt.rules})
			check := func(list string, want bool) {
				for _, item := range strings.Fields(list) {
					pattern, queue, _ := strings.Cut(item, "=")
					if s.Subscribe(pattern, queue) != want {
						t.Errorf("%s: want %v", item, want)
					}
				}
			}
			check(tt.yes, true)
			check(tt.no, false)
		})
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	s := compiledSet(t, &Rules{Subscribe: &Subjects{Deny: []string{"foo.secret", "bar q", "deep.*.x"}}})
	for _, tt := range []struct {
		pattern, queue string
		denied         string // of these subjects: foo.ok foo.secret bar deep.a.x deep.a.y
	}{
		{"foo.*", "", "foo.secret"},
		{">", "", "foo.secret deep.a.x"},
		{">", "q", "foo.secret bar deep.a.x"},
		{">", "r", "foo.secret deep.a.x"},
		{"foo.ok", "", ""},
		{"deep.a.*", "", "deep.a.x"},
	} {
		f := s.Filter(tt.pattern, tt.queue)
		if (f == nil) != (tt.denied == "") {
			t.Errorf("%s %s: filter is %v", tt.pattern, tt.queue, f)
		}
		for _, subj := range []string{"foo.ok", "foo.secret", "bar", "deep.a.x", "deep.a.y"} {
			if got := f.Denies([]byte(subj)); got != slices.Contains(strings.Fields(tt.denied), subj) {
				t.Errorf("%s %s: %s denied: %v", tt.pattern, tt.queue, subj, got)
			}
		}
	}
	many := &Subjects{}
	for i := range 100 {
		many.Deny = append(many.Deny, fmt.Sprintf("x.%d.>", i))
	}
	many.Deny = append(many.Deny, "y q")
	all := compiledSet(t, &Rules{Subscribe: many})
	plain, group, other := all.Filter(">", ""), all.Filter(">", "q"), all.Filter("x.*.>", "r")
	for _, f := range []*Filter{plain, group, other} {
		if !f.Denies([]byte("x.42.a")) || f.Denies([]byte("x.100.a")) || f.Denies([]byte("y")) != (f == group) {
			t.Error("many entries are not those few")
		}
	}
	if plain != other || group.also != plain {
		t.Error("each subscription has a copy of a long list")
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) int64 { return int64(time.Hour + d) }
	var nobody *Set
	if nobody.NewReplies() != nil || compiledSet(t, &Rules{Publish: &Subjects{}}).NewReplies() != nil {
		t.Error("replies without permission for them")
	}
	r := compiledSet(t, &Rules{Responses: &Responses{}}).NewReplies()
	r.Track([]byte("inbox.1"), at(0))
	if r.Allow([]byte("inbox.2"), at(0)) || !r.Allow([]byte("inbox.1"), at(0)) || r.Allow([]byte("inbox.1"), at(0)) {
		t.Error("by default there is one answer to a request")
	}
	r.Track([]byte("inbox.1"), at(0))
	if r.Allow([]byte("inbox.1"), at(2*time.Minute+1)) {
		t.Error("by default a request can be answered for 2 minutes")
	}
	r = compiledSet(t, &Rules{Responses: &Responses{Max: 2, TTL: time.Second}}).NewReplies()
	r.Track([]byte("a"), at(0))
	for i, want := range []bool{true, true, false} {
		if got := r.Allow([]byte("a"), at(time.Second)); got != want {
			t.Errorf("answer %d within a second: %v", i+1, got)
		}
	}
	r = compiledSet(t, &Rules{Responses: &Responses{Max: -1, TTL: -1}}).NewReplies()
	r.Track([]byte("a"), at(0))
	for range 100 {
		if !r.Allow([]byte("a"), at(1000*time.Hour)) {
			t.Fatal("no bounds")
		}
	}
}

func TestRepliesAreForgotten(t *testing.T) {
	t.Parallel()
	r := compiledSet(t, &Rules{Responses: &Responses{TTL: time.Second}}).NewReplies()
	for i := range 3 * lookAfter {
		r.Track(fmt.Append(nil, "inbox.", i), int64(i)*int64(time.Millisecond))
	}
	if n := len(r.known); n > 2*lookAfter {
		t.Errorf("%d requests are remembered", n)
	}
	r = compiledSet(t, &Rules{Responses: &Responses{TTL: -1}}).NewReplies()
	for i := range 2 * maxKnown {
		r.Track(fmt.Append(nil, "inbox.", i), 1)
	}
	if n := len(r.known); n != maxKnown {
		t.Errorf("%d requests are remembered", n)
	}
	r.Track([]byte("late"), 1)
	if !r.Allow([]byte("late"), 1) {
		t.Error("a flood keeps others out")
	}
	if r.Allow([]byte("late"), 1) || len(r.known) != maxKnown-1 {
		t.Error("an answered request is remembered")
	}
	long := strings.Repeat("x", 4000)
	for i := range 2 * maxKnownBytes / len(long) {
		r.Track(fmt.Append(nil, long, i), 1)
	}
	total := 0
	for reply := range r.known {
		total += len(reply)
	}
	if total > maxKnownBytes || total != r.bytes {
		t.Errorf("%d bytes are remembered, %d counted", total, r.bytes)
	}
}

func TestRulesAreEqual(t *testing.T) {
	t.Parallel()
	all := []*Rules{
		nil, {}, {Publish: &Subjects{}}, {Subscribe: &Subjects{}}, {Publish: &Subjects{Allow: []string{"a"}}}, {Publish: &Subjects{Deny: []string{"a"}}},
		{Subscribe: &Subjects{Allow: []string{"a"}}}, {Responses: &Responses{}}, {Responses: &Responses{Max: 2}}, {Responses: &Responses{TTL: 2}},
	}
	for i, a := range all {
		for k, b := range all {
			if a != nil && b != nil {
				c := *b
				b = &c
			}
			if a.Equal(b) != (i == k) {
				t.Errorf("%d and %d", i, k)
			}
		}
	}
}

// naive says what the rules mean, entry by entry.
type naive struct{ *Rules }

func (n naive) publish(subj string) bool {
	if n.Publish == nil {
		return true
	}
	hit := func(list []string) bool {
		return slices.ContainsFunc(list, func(p string) bool { return subject.Match(p, subj) })
	}
	return (len(n.Publish.Allow) == 0 || hit(n.Publish.Allow)) && !hit(n.Publish.Deny)
}

// What is delivered is allowed and not denied, whatever the permissions are.
func TestDeliveredIsAllowedAndNotDenied(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		pattern := func() string {
			tokens := make([]string, 1+r.IntN(3))
			for i := range tokens {
				tokens[i] = []string{"a", "b", "*", "c"}[r.IntN(4)]
			}
			if r.IntN(4) == 0 {
				tokens[len(tokens)-1] = ">"
			}
			return strings.Join(tokens, ".")
		}
		some := func() (list []string) {
			for range r.IntN(4) {
				list = append(list, pattern())
			}
			return list
		}
		rules := &Rules{Publish: &Subjects{some(), some()}, Subscribe: &Subjects{some(), some()}}
		s := compiledSet(t, rules)
		matches := func(list []string, subj string) bool {
			return slices.ContainsFunc(list, func(p string) bool { return subject.Match(p, subj) })
		}
		for range 50 {
			subj := strings.NewReplacer("*", "b", ">", "c").Replace(pattern())
			if got, want := s.Publish([]byte(subj)), (naive{rules}).publish(subj); got != want {
				t.Fatalf("seed %d: %+v: publish to %s: %v", seed, rules.Publish, subj, got)
			}
			sub := pattern()
			if !subject.Match(sub, subj) || !s.Subscribe(sub, "") || s.Filter(sub, "").Denies([]byte(subj)) {
				continue
			}
			if len(rules.Subscribe.Allow) > 0 && !matches(rules.Subscribe.Allow, subj) || matches(rules.Subscribe.Deny, subj) {
				t.Fatalf("seed %d: %+v: subscription to %s gets %s", seed, rules.Subscribe, sub, subj)
			}
		}
	}
}

// twenty are the permissions that the benchmark of the server has.
func twenty(tb testing.TB) *Set {
	s := &Subjects{}
	for i := range 20 {
		s.Allow = append(s.Allow, fmt.Sprintf("allow.%d.>", i))
		s.Deny = append(s.Deny, fmt.Sprintf("allow.*.deny.%d", i))
	}
	return compiledSet(tb, &Rules{Publish: s, Subscribe: s})
}

func TestDecisionsAllocateNothing(t *testing.T) {
	s, subj := twenty(t), []byte("allow.7.orders")
	var c Cache
	f := s.Filter("allow.7.>", "")
	c.Publish(s, subj)
	if got := testing.AllocsPerRun(100, func() {
		s.Publish(subj)
		c.Publish(s, subj)
		f.Denies(subj)
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkPublish(b *testing.B) {
	s, subj := twenty(b), []byte("allow.7.orders")
	var c Cache
	b.Run("known", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.Publish(s, subj)
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.Publish(subj)
		}
	})
	b.Run("subscribe", func(b *testing.B) {
		many := &Subjects{}
		for i := range 10_000 {
			many.Allow = append(many.Allow, fmt.Sprintf("allow.%d.*", i))
			many.Deny = append(many.Deny, fmt.Sprintf("deny.%d.*", i))
		}
		s := compiledSet(b, &Rules{Subscribe: many})
		b.ReportAllocs()
		for b.Loop() {
			if !s.Subscribe("allow.9999.x", "") {
				b.Fatal("refused")
			}
		}
	})
	f := s.Filter("allow.7.>", "")
	b.Run("filter", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Denies(subj)
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	rules := &Rules{
		Publish:   &Subjects{Allow: []string{"app.7.>", "_INBOX.>"}, Deny: []string{"app.7.admin"}},
		Subscribe: &Subjects{Allow: []string{"app.7.>", "_INBOX.>"}},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(rules); err != nil {
			b.Fatal(err)
		}
	}
}
