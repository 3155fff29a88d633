package sublist

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// matched lists what an index of strings answers: plain subscribers by value,
// members of queue groups as "group:value".
func matched(x *Index[string], subject string) []string {
	var r Result[string]
	x.Match([]byte(subject), &r)
	return flatten(&r)
}

func flatten(r *Result[string]) []string {
	got := []string{}
	for _, vs := range r.Plain {
		got = append(got, vs...)
	}
	for i := range r.Queues {
		g := &r.Queues[i]
		for j := range g.Len() {
			got = append(got, g.Name+":"+g.At(j))
		}
	}
	slices.Sort(got)
	return got
}

// insert adds subscriptions written as "subject" or "subject group"; the value
// is that text.
func insert(tb testing.TB, x *Index[string], subs ...string) []*Entry[string] {
	tb.Helper()
	var entries []*Entry[string]
	for _, s := range subs {
		subject, queue, _ := strings.Cut(s, " ")
		e, err := x.Insert(subject, queue, s)
		if err != nil {
			tb.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

func TestMatch(t *testing.T) {
	t.Parallel()
	everything := []string{
		">", "*", "*.*", "*.*.*", "a", "a.*", "a.*.b", "a.>", "a.b.>", "a.b.*", "*.>",
		"foo.*", "foo.>", "foo.*bar", "a.b.*.c",
	}
	tests := []struct {
		name    string
		subs    []string
		subject string
		want    []string
	}{
		{"nothing in an empty index", nil, "a", []string{}},
		{"literal", []string{"a.b", "a", "a.c", "a.b.c"}, "a.b", []string{"a.b"}},
		{"the same subject twice", []string{"a", "a"}, "a", []string{"a", "a"}},
		{"one token", everything, "a", []string{"*", ">", "a"}},
		{"two tokens", everything, "a.b", []string{"*.*", "*.>", ">", "a.*", "a.>"}},
		{"three tokens", everything, "a.x.b", []string{"*.*.*", "*.>", ">", "a.*.b", "a.>"}},
		{"> needs a token", []string{"a.>"}, "a", []string{}},
		{"> takes many tokens", []string{"a.>"}, "a.b.c.d.e", []string{"a.>"}},
		{"* takes one token", []string{"a.*"}, "a.b.c", []string{}},
		{"* within a token is literal", []string{"foo.*bar", "foo.b>"}, "foo.xbar", []string{}},
		{"published * is literal", everything, "foo.*", []string{"*.*", "*.>", ">", "foo.*", "foo.>"}},
		{"published > is literal", everything, "foo.>", []string{"*.*", "*.>", ">", "foo.*", "foo.>"}},
		{"published * alone", everything, "*", []string{"*", ">"}},
		{"published *bar", everything, "foo.*bar", []string{"*.*", "*.>", ">", "foo.*", "foo.*bar", "foo.>"}},
		{"published * matches no other literal", []string{"a.x.b"}, "a.*.b", []string{}},
		{"empty subject", everything, "", []string{}},
		{"empty token in the middle", everything, "a..b", []string{}},
		{"empty token after a match of >", everything, "a.b..c", []string{}},
		{"empty last token", everything, "a.", []string{}},
		{"empty first token", everything, ".a", []string{}},
		{"only dots", everything, "...", []string{}},
		{"one group across subjects", []string{"foo.* q", "foo.> q", "foo.bar q", "foo.bar p", "foo.bar"}, "foo.bar", []string{
			"foo.bar", "p:foo.bar p", "q:foo.* q", "q:foo.> q", "q:foo.bar q",
		}},
		{"any bytes", []string{"\x00.é", "\x00.*"}, "\x00.é", []string{"\x00.*", "\x00.é"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := New[string]()
			entries := insert(t, x, tt.subs...)
			if diff := cmp.Diff(tt.want, matched(x, tt.subject)); diff != "" {
				t.Errorf("Match(%q) (-want +got):\n%s", tt.subject, diff)
			}
			if got, want := x.HasInterest([]byte(tt.subject)), len(tt.want) > 0; got != want {
				t.Errorf("HasInterest(%q) = %v, want %v", tt.subject, got, want)
			}
			for _, e := range entries {
				if !x.Remove(e) {
					t.Error("Remove = false, want true")
				}
			}
			if got := matched(x, tt.subject); len(got) > 0 || x.Len() != 0 || x.HasInterest([]byte(tt.subject)) {
				t.Errorf("after removing all: %v, Len %d", got, x.Len())
			}
		})
	}
}

func TestMatchNamesEachGroupOnce(t *testing.T) {
	t.Parallel()
	for _, groups := range []int{1, fewGroups, fewGroups + 1, 200} {
		x := New[string]()
		for i := range groups {
			q := fmt.Sprintf(" q%d", i)
			insert(t, x, "a.b"+q, "a.*"+q, "a.>"+q, ">"+q, "a.b"+q)
		}
		var r Result[string]
		for range 2 {
			x.Match([]byte("a.b"), &r)
			names := map[string]bool{}
			for i := range r.Queues {
				names[r.Queues[i].Name] = true
				if got := r.Queues[i].Len(); got != 5 {
					t.Errorf("%d groups: group %s has %d members, want 5", groups, r.Queues[i].Name, got)
				}
			}
			if len(names) != groups || len(r.Queues) != groups {
				t.Errorf("got %d groups with %d names, want %d", len(r.Queues), len(names), groups)
			}
		}
	}
}

func TestInsertRefusesInvalidSubjects(t *testing.T) {
	t.Parallel()
	x := New[string]()
	for _, s := range []string{"", ".", "a.", ".a", "a..b", ">.a", "a.>.b", ">.>", "*."} {
		e, err := x.Insert(s, "", "v")
		if !errors.Is(err, ErrSubject) || e != nil {
			t.Errorf("Insert(%q) = %v, %v, want nil, ErrSubject", s, e, err)
		}
	}
	if x.Len() != 0 {
		t.Errorf("Len = %d, want 0", x.Len())
	}
}

func TestRemoveTwice(t *testing.T) {
	t.Parallel()
	for _, subs := range [][]string{{"a"}, {"a.*"}, {"a q"}, {"a", "a"}, {"a q", "a q"}, {"a.> q", "a.>", "a.>"}} {
		x := New[string]()
		entries := insert(t, x, subs...)
		for i, e := range entries {
			if !x.Remove(e) || x.Remove(e) {
				t.Errorf("%q: want the first Remove of entry %d to be true, the second false", subs, i)
			}
		}
		want := Stats{Inserts: uint64(len(subs)), Removes: uint64(len(subs))}
		if diff := cmp.Diff(want, x.Stats()); diff != "" {
			t.Errorf("%q: Stats (-want +got):\n%s", subs, diff)
		}
	}
}

func TestAll(t *testing.T) {
	t.Parallel()
	x := New[string]()
	subs := []string{
		"a", "a", "a q", "b q", "*", "*.*", "*.* q", "*.*.*.x", "*.a", "*.a.*.*", "a.>", ">", "*.>",
		"*.*.> p", "a.*.b", "foo.*bar", "*.*.*.x.*",
	}
	insert(t, x, subs...)
	want := map[Item[string]]int{}
	for _, s := range subs {
		subject, queue, _ := strings.Cut(s, " ")
		want[Item[string]{subject, queue, s}]++
	}
	got := map[Item[string]]int{}
	for it := range x.All() {
		got[it]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
	for stop := range len(subs) {
		n := 0
		for range x.All() {
			if n++; n > stop {
				break
			}
		}
		if n != stop+1 {
			t.Errorf("All yielded %d items after being stopped at %d", n, stop+1)
		}
	}
}

func TestLongSubjects(t *testing.T) {
	t.Parallel()
	const tokens = 50_000
	x := New[string]()
	long := strings.Repeat("a.", tokens) + "a"
	stars := strings.Repeat("*.", tokens) + "*"
	entries := insert(t, x, long, stars, stars[:len(stars)-1]+">", "*.>")
	if got := len(matched(x, long)); got != 4 {
		t.Errorf("%d subscriptions match, want 4", got)
	}
	if !x.HasInterest([]byte(strings.Repeat("b.", tokens) + "b")) {
		t.Error("HasInterest = false, want true")
	}
	items := 0
	for range x.All() {
		items++
	}
	if items != 4 {
		t.Errorf("All yields %d items, want 4", items)
	}
	for _, e := range entries {
		x.Remove(e)
	}
	if !x.wild.root.idle() {
		t.Error("the trie keeps branches after all subscriptions are gone")
	}
}
