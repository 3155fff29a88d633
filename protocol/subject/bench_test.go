package subject_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// hot lists what runs for every message and must not allocate. Each function
// returns whether the result is the right one.
func hot(t testing.TB) map[string]func() bool {
	literal := []byte("orders.eu.berlin.42.created")
	text := string(literal)
	buf := make([]byte, 0, 128)
	transform := func(src, dst string) func() bool {
		compiled, err := subject.NewTransform(src, dst)
		if err != nil {
			t.Fatal(err)
		}
		return func() bool {
			_, ok := compiled.Apply(buf, literal)
			return ok
		}
	}
	mappings := func(list ...*subject.Mapping) func() bool {
		compiled := subject.NewMappings("", list...)
		return func() bool {
			_, changed := compiled.Map(buf, literal)
			return changed
		}
	}
	weighted, err := subject.NewMapping("orders.>",
		subject.Dest{Subject: "a.>", Weight: 50}, subject.Dest{Subject: "b.{{random(5)}}.>", Weight: 50})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]func() bool{
		"Match/literal":         func() bool { return subject.Match(text, literal) },
		"Match/wildcards":       func() bool { return subject.Match("orders.*.berlin.*.created", literal) },
		"Match/tail":            func() bool { return subject.Match("orders.eu.>", literal) },
		"Match/no":              func() bool { return !subject.Match("orders.us.>", literal) },
		"Valid":                 func() bool { return subject.Valid(literal) },
		"ValidLiteral":          func() bool { return subject.ValidLiteral(literal) },
		"WireSafe":              func() bool { return subject.WireSafe(literal) },
		"Count":                 func() bool { return subject.Count(literal) == 5 },
		"ReservedReply":         func() bool { return !subject.ReservedReply(literal) },
		"Overlap":               func() bool { return subject.Overlap("orders.*.berlin.>", "*.eu.berlin.*.created") },
		"Subset":                func() bool { return subject.Subset("orders.*.berlin.>", "orders.>") },
		"Tokens":                func() bool { return countTokens(literal) == 5 },
		"Transform/wildcards":   transform("orders.*.*.*.created", "made.$3.{{wildcard(1)}}"),
		"Transform/tail":        transform("orders.>", "archive.>"),
		"Transform/partition":   transform("orders.*.*.>", "p.{{partition(16,1,2)}}.>"),
		"Transform/split":       transform("orders.*.*.>", "p.{{split(2,r)}}.>"),
		"Transform/random":      transform("orders.>", "p.{{random(16)}}.>"),
		"Transform/slice":       transform("orders.*.*.>", "p.{{sliceFromRight(2,4)}}.>"),
		"Mappings/tenth":        mappings(nineOthersAnd(t, weighted)...),
		"Mappings/none matches": invert(mappings(nineOthersAnd(t, mustMap(t, "x", "y"))...)),
	}
}

func countTokens(s []byte) (n int) {
	for range subject.Tokens(s) {
		n++
	}
	return n
}

func invert(f func() bool) func() bool { return func() bool { return !f() } }

func nineOthersAnd(t testing.TB, last *subject.Mapping) (list []*subject.Mapping) {
	for range 9 {
		list = append(list, mustMap(t, "orders.us.*.>", "other.>"))
	}
	return append(list, last)
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	for name, f := range hot(t) {
		if !f() {
			t.Errorf("%s: wrong result", name)
		}
		if n := testing.AllocsPerRun(100, func() { f() }); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkSubject(b *testing.B) {
	paths := hot(b)
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		f := paths[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}
