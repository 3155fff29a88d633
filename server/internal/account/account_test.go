package account

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

func TestReplaceKeepsAccountsThatStay(t *testing.T) {
	t.Parallel()
	set := NewSet(nil)
	set.Replace([]Spec{{Name: Global}, {Name: "A"}, {Name: "B"}})
	global, a := set.Get(Global), set.Get("A")
	f, _ := subscribe(t, a, "x")
	set.Replace([]Spec{{Name: Global}, {Name: "A", Label: "label"}, {Name: "C"}})
	if set.Get("A") != a || set.Get(Global) != global || set.Get("B") != nil || set.Get("C") == nil {
		t.Error("the wrong accounts are there")
	}
	if publish(a, "x"); len(f.take()) != 1 || a.Label() != "label" {
		t.Error("an account that stays lost its subscribers or its label")
	}
	var names []string
	for _, a := range set.All() {
		names = append(names, a.Name)
	}
	if diff := cmp.Diff([]string{Global, "A", "C"}, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestConnectionLimit(t *testing.T) {
	t.Parallel()
	set := NewSet(nil)
	a := set.Put(Spec{Name: "A", Limits: Limits{Connections: 2}})
	for i, want := range []error{nil, nil, protocol.ErrMaxAccountConnections} {
		if err := a.Join(); !errors.Is(err, want) {
			t.Errorf("join %d: %v", i, err)
		}
	}
	a.Leave()
	if err := a.Join(); err != nil || a.Members() != 2 {
		t.Errorf("after somebody left: %v, %d members", err, a.Members())
	}
	set.Put(Spec{Name: "A"})
	if err := a.Join(); err != nil {
		t.Errorf("without a limit: %v", err)
	}
	set.Put(Spec{Name: "A", Limits: Limits{Connections: Nobody}})
	if err := a.Join(); err == nil || a.Members() != 3 {
		t.Errorf("where nobody may: %v", err)
	}
}

// imported is the spec of B that imports a stream of A.
func imported(t testing.TB, remote, local string) Spec {
	t.Helper()
	imp := Import{From: "A", Local: local, Remote: remote}
	if local != remote {
		in, err := subject.NewStrictTransform(remote, local)
		if err != nil {
			t.Fatal(err)
		}
		out, ok := in.Reverse()
		if !ok {
			t.Fatalf("%s to %s cannot be reversed", remote, local)
		}
		pattern, _ := in.DestPattern()
		imp.Local, imp.In, imp.Out = pattern, in, out
	}
	return Spec{Name: "B", Imports: []Import{imp}}
}

func TestStreamImports(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		remote, local, sub, published string
		want                          []string
	}{
		{"s.>", "s.>", ">", "s.a", []string{"s.a"}},
		{"s.>", "s.>", "s.a", "s.a", []string{"s.a"}},
		{"s.>", "s.>", "s.b", "s.a", nil},
		{"s.>", "s.>", "x", "s.a", nil},
		{"s.*", "l.$1", "l.*", "s.a", []string{"l.a"}},
		{"s.*", "l.$1", ">", "s.a", []string{"l.a"}},
		{"s.*", "l.$1", "l.a", "s.a", []string{"l.a"}},
		{"s.*", "l.$1", "l.a", "s.b", nil},
		{"s.*", "l.$1", "s.*", "s.a", nil}, // the other name is not reachable
		{"s.*.*", "l.$2.$1", "l.a.*", "s.b.a", []string{"l.a.b"}},
		{"s.*.*", "l.$2.$1", "l.a.*", "s.a.b", nil},
		{"s.>", "s.>", ">", "t.a", nil}, // not imported
	} {
		set := NewSet(nil)
		set.Replace([]Spec{{Name: "A"}, imported(t, tt.remote, tt.local)})
		a, b := set.Get("A"), set.Get("B")
		f, i := subscribe(t, b, tt.sub)
		publish(a, tt.published)
		if diff := cmp.Diff(tt.want, f.take()); diff != "" {
			t.Errorf("%+v: -want +got:\n%s", tt, diff)
		}
		i.End()
		if publish(a, tt.published); len(f.take()) > 0 || a.Interest.Len() > 0 || b.Interest.Len() > 0 {
			t.Errorf("%+v: something is left of a subscription that ended", tt)
		}
	}
}

func TestSubscriptionsFollowImports(t *testing.T) {
	t.Parallel()
	set := NewSet(nil)
	set.Replace([]Spec{{Name: "A"}, {Name: "B"}})
	a := set.Get("A")
	f, i := subscribe(t, set.Get("B"), ">")
	publish(a, "s.a")
	set.Put(imported(t, "s.>", "s.>"))
	i.Reshare()
	publish(a, "s.b")
	set.Put(Spec{Name: "B"})
	i.Reshare()
	publish(a, "s.c")
	if diff := cmp.Diff([]string{"s.b"}, f.take()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n := a.Interest.Len(); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}

// What one account takes in is not its own to give away.
func TestStreamsCrossOneBorder(t *testing.T) {
	t.Parallel()
	set := NewSet(nil)
	second := imported(t, "s", "s")
	second.Name, second.Imports[0].From = "C", "B"
	set.Replace([]Spec{{Name: "A"}, imported(t, "s", "s"), second})
	f, _ := subscribe(t, set.Get("C"), "s")
	publish(set.Get("A"), "s")
	publish(set.Get("B"), "s")
	if diff := cmp.Diff([]string{"s"}, f.take()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Subscriptions come and go and follow imports, which change, while others publish.
func TestImportsChangeUnderLoad(t *testing.T) {
	t.Parallel()
	set := NewSet(nil)
	set.Replace([]Spec{{Name: "A"}, {Name: "B"}})
	a, b := set.Get("A"), set.Get("B")
	const rounds = 300
	var busy sync.WaitGroup
	for range 2 {
		busy.Go(func() {
			for range rounds {
				f := new(fake)
				i, err := b.Subscribe("s.>", "", f)
				if err != nil {
					t.Error(err)
					return
				}
				i.Reshare()
				i.End()
			}
		})
	}
	busy.Go(func() {
		for range rounds {
			publish(a, "s.x")
		}
	})
	with := imported(t, "s.>", "s.>")
	busy.Go(func() {
		for i := range rounds {
			if i%2 == 0 {
				set.Put(with)
			} else {
				set.Put(Spec{Name: "B"})
			}
		}
	})
	busy.Wait()
	if n := a.Interest.Len() + b.Interest.Len(); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}

func TestIntersect(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ a, b, want string }{
		{"a", "a", "a"}, {"a", "b", ""}, {"*", "a", "a"}, {"a.*", "*.b", "a.b"}, {">", "a.*", "a.*"}, {"a.>", "a", ""},
		{"a.>", "a.b.*", "a.b.*"}, {"*.b", "a.>", "a.b"}, {"a.b", "a.b.c", ""}, {"*.*", ">", "*.*"}, {"a.*.>", "a.b.c", "a.b.c"},
	} {
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			got, ok := intersect(pair[0], pair[1])
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("intersect(%s, %s) = %q, %v, want %q", pair[0], pair[1], got, ok, tt.want)
			}
		}
	}
}
