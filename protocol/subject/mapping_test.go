package subject_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// lost stands for a message that a mapping drops.
const lost = "(lost)"

// shares maps s a hundred times, once with each number a draw can give, and
// counts the results.
func shares(m *subject.Mappings, s string) map[string]int {
	counts := make(map[string]int)
	for draw := range 100 {
		mapped, changed := m.WithRand(func(int) int { return draw }).Map(nil, []byte(s))
		switch {
		case !changed:
			counts[unchanged]++
		case len(mapped) == 0:
			counts[lost]++
		default:
			counts[string(mapped)]++
		}
	}
	return counts
}

func TestMappingSharesOutByWeight(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		src     string
		dests   []subject.Dest
		cluster string
		subject string
		want    map[string]int
	}{
		{
			name: "one destination takes all", src: "a.*", subject: "a.x",
			dests: []subject.Dest{{Subject: "b.$1", Weight: 100}},
			want:  map[string]int{"b.x": 100},
		},
		{
			name: "another subject is left alone", src: "a.*", subject: "a.x.y",
			dests: []subject.Dest{{Subject: "b.$1", Weight: 100}},
			want:  map[string]int{unchanged: 100},
		},
		{
			name: "several destinations", src: "a", subject: "a",
			dests: []subject.Dest{{Subject: "d", Weight: 50}, {Subject: "b", Weight: 20}, {Subject: "c", Weight: 30}},
			want:  map[string]int{"b": 20, "c": 30, "d": 50},
		},
		{
			name: "the remainder keeps its subject", src: "a.*", subject: "a.x",
			dests: []subject.Dest{{Subject: "b", Weight: 20}, {Subject: "c", Weight: 1}},
			want:  map[string]int{"b": 20, "c": 1, unchanged: 79},
		},
		{
			name: "weight 0 takes nothing", src: "a", subject: "a",
			dests: []subject.Dest{{Subject: "b", Weight: 0}, {Subject: "c", Weight: 100}},
			want:  map[string]int{"c": 100},
		},
		{
			name: "no weight at all changes nothing", src: "a", subject: "a",
			dests: []subject.Dest{{Subject: "b"}},
			want:  map[string]int{unchanged: 100},
		},
		{
			name: "no destination changes nothing", src: "a", subject: "a",
			want: map[string]int{unchanged: 100},
		},
		{
			name: "what the source does not take is lost", src: "a", subject: "a",
			dests: []subject.Dest{{Subject: "b", Weight: 30}, {Subject: "a", Weight: 50}},
			want:  map[string]int{"b": 30, unchanged: 50, lost: 20},
		},
		{
			name: "a source with weight 0 loses everything", src: "a", subject: "a",
			dests: []subject.Dest{{Subject: "a"}},
			want:  map[string]int{lost: 100},
		},
		{
			name: "loss on a tail", src: "a.>", subject: "a.x",
			dests: []subject.Dest{{Subject: "a.>", Weight: 50}},
			want:  map[string]int{unchanged: 50, lost: 50},
		},
		{
			name: "own cluster", src: "a", subject: "a", cluster: "A",
			dests: []subject.Dest{{Subject: "b", Weight: 50, Cluster: "A"}, {Subject: "c", Weight: 100}},
			want:  map[string]int{"b": 50, unchanged: 50},
		},
		{
			name: "other cluster", src: "a", subject: "a", cluster: "B",
			dests: []subject.Dest{{Subject: "b", Weight: 50, Cluster: "A"}, {Subject: "c", Weight: 100}},
			want:  map[string]int{"c": 100},
		},
		{
			name: "no cluster, and destinations for clusters only", src: "a", subject: "a",
			dests: []subject.Dest{{Subject: "b", Weight: 50, Cluster: "A"}},
			want:  map[string]int{unchanged: 100},
		},
		{
			name: "each cluster has a hundred percent", src: "a", subject: "a", cluster: "B",
			dests: []subject.Dest{{Subject: "b", Weight: 90, Cluster: "A"}, {Subject: "c", Weight: 90, Cluster: "B"}},
			want:  map[string]int{"c": 90, unchanged: 10},
		},
		{
			name: "loss in one cluster is no loss in another", src: "a", subject: "a", cluster: "B",
			dests: []subject.Dest{{Subject: "a", Weight: 10, Cluster: "A"}, {Subject: "c", Weight: 90, Cluster: "B"}},
			want:  map[string]int{"c": 90, unchanged: 10},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			mapping, err := subject.NewMapping(row.src, row.dests...)
			if err != nil {
				t.Fatal(err)
			}
			got := shares(subject.NewMappings(row.cluster, mapping), row.subject)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMappingErrors(t *testing.T) {
	t.Parallel()
	dest := func(s string, weight uint8) subject.Dest { return subject.Dest{Subject: s, Weight: weight} }
	in := func(cluster string, d subject.Dest) subject.Dest {
		d.Cluster = cluster
		return d
	}
	for _, row := range []struct {
		src    string
		dests  []subject.Dest
		reason error
		text   string
	}{
		{"", nil, subject.ErrMappingSubject, `Subject "" is not a valid subject`},
		{"a..b", nil, subject.ErrMappingSubject, `Subject "a..b" is not a valid subject`},
		{"a b", nil, subject.ErrMappingSubject, `Subject "a b" is not a valid subject`},
		{"a.>.b", nil, subject.ErrMappingSubject, `Subject "a.>.b" is not a valid subject`},
		{"a", []subject.Dest{dest("", 100)}, subject.ErrMappingSubject, `Subject "" is not a valid subject`},
		{"a", []subject.Dest{dest("b", 50), dest("b", 20)}, subject.ErrDuplicateDest, `duplicate entry for "b"`},
		{"a", []subject.Dest{in("A", dest("b", 50)), in("B", dest("b", 20))}, subject.ErrDuplicateDest, `duplicate entry for "b"`},
		{"a", []subject.Dest{dest("b", 101)}, subject.ErrWeight, "Invalid weight 101 for mapping destination"},
		{"a", []subject.Dest{dest("b", 50), dest("c", 51)}, subject.ErrTotalWeight, "total weight needs to be <= 100"},
		{"a", []subject.Dest{in("A", dest("b", 50)), in("A", dest("c", 51))}, subject.ErrTotalWeight, "total weight needs to be <= 100"},
		{"a", []subject.Dest{dest("c d", 100)}, subject.ErrInvalidTransform, "invalid mapping destination: invalid transform"},
		{"a", []subject.Dest{dest("c..d", 100)}, subject.ErrInvalidTransform, "invalid mapping destination: invalid transform"},
		{"a", []subject.Dest{dest("c\fd", 100)}, subject.ErrInvalidTransform, "invalid mapping destination: invalid transform"},
		{"a.*", []subject.Dest{dest("c.*", 100)}, subject.ErrInvalidSubject, "invalid subject"},
		{"a.>", []subject.Dest{dest("c", 100)}, subject.ErrInvalidSubject, "invalid subject"},
		{"a.*", []subject.Dest{dest("b.$2", 100)}, subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in $2: [2]"},
	} {
		_, err := subject.NewMapping(row.src, row.dests...)
		checkError(t, row.src, err, row.reason, row.text)
	}
}

func mustMap(t testing.TB, src, dst string) *subject.Mapping {
	t.Helper()
	mapping, err := subject.NewMapping(src, subject.Dest{Subject: dst, Weight: 100})
	if err != nil {
		t.Fatal(err)
	}
	return mapping
}

func TestFirstMappingWinsAndIsNotMappedAgain(t *testing.T) {
	t.Parallel()
	mappings := subject.NewMappings("",
		mustMap(t, "a.x", "a.y"),
		mustMap(t, "a.y", "never"),
		mustMap(t, "a.*", "b.$1"),
		mustMap(t, "a.z", "hidden"),
	)
	if got := mappings.Len(); got != 4 {
		t.Errorf("Len() = %d, want 4", got)
	}
	for s, want := range map[string]string{
		"a.x": "a.y",
		"a.z": "b.z",
		"c":   "",
	} {
		got, changed := mappings.Map([]byte("> "), []byte(s))
		if diff := cmp.Diff("> "+want, string(got)); diff != "" || changed != (want != "") {
			t.Errorf("%s (-want +got), changed %t:\n%s", s, changed, diff)
		}
	}
}

func TestMappingsDrawWithoutASourceOfTheirOwn(t *testing.T) {
	t.Parallel()
	mapping, err := subject.NewMapping("a", subject.Dest{Subject: "b.{{random(5)}}", Weight: 99}, subject.Dest{Subject: "b.c", Weight: 1})
	if err != nil {
		t.Fatal(err)
	}
	if mapping.Source() != "a" {
		t.Errorf("Source() = %q", mapping.Source())
	}
	if got, changed := subject.NewMappings("", mapping).Map(nil, []byte("a")); !changed || !subject.Match("b.*", got) {
		t.Errorf("Map = %q, %t", got, changed)
	}
}

func TestNoMappings(t *testing.T) {
	t.Parallel()
	for _, mappings := range []*subject.Mappings{nil, {}, subject.NewMappings("A")} {
		if got, changed := mappings.Map(nil, []byte("a")); changed || got != nil || mappings.Len() != 0 {
			t.Errorf("Map = %q, %t; Len = %d", got, changed, mappings.Len())
		}
	}
}
