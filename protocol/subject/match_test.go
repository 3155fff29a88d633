package subject_test

import (
	"testing"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

var matches = []struct {
	pattern, literal string
	want             bool
}{
	{"a", "a", true},
	{"a", "b", false},
	{"a", "ab", false},
	{"ab", "a", false},
	{"a", "a.b", false},
	{"a.b", "a", false},
	{"a.b", "a.b", true},
	{"a.b", "a.bc", false},
	{"a.b", "aa.b", false},
	{"*", "a", true},
	{"*", "abc", true},
	{"*", "a.b", false},
	{"a.*", "a.b", true},
	{"a.*", "a", false},
	{"a.*", "a.b.c", false},
	{"*.b", "a.b", true},
	{"*.b", "a.c", false},
	{"*.*", "a.b", true},
	{"a.*.c", "a.b.c", true},
	{"a.*.c", "a.b.d", false},
	{">", "a", true},
	{">", "a.b.c", true},
	{"a.>", "a", false},
	{"a.>", "a.b", true},
	{"a.>", "a.b.c", true},
	{"a.>", "ab.c", false},
	{"*.>", "a", false},
	{"*.>", "a.b", true},

	// Wildcards are wildcards only as whole tokens, ">" only at the end.
	{"a.*b", "a.*b", true},
	{"a.*b", "a.xb", false},
	{"a.b*", "a.bc", false},
	{"a.>b", "a.>b", true},
	{"a.>b", "a.b", false},

	// A literal's wildcards are text.
	{"a.*", "a.*", true},
	{"a.b", "a.*", false},
	{"a.>", "a.*", true},
	{"a.*", "a.>", true},
	{"a.b", "a.>", false},
	{"a.>", "a.>.b", true},
	{"a.*.b", "a.>.b", true},

	// A literal with an empty token reaches nobody.
	{">", "", false},
	{">", ".", false},
	{">", "a..b", false},
	{"a.>", "a.", false},
	{"a.>", "a..b", false},
	{"a.>", "a.b.", false},
	{"a.>", "a.b..c", false},
	{"*.b", ".b", false},
	{"a.*.b", "a..b", false},
	{"a.*", "a.", false},
	{"*", "", false},
	{"", "", false},
	{"a..b", "a..b", false},
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, row := range matches {
		if got := subject.Match(row.pattern, []byte(row.literal)); got != row.want {
			t.Errorf("Match(%q, %q) = %t, want %t", row.pattern, row.literal, got, row.want)
		}
		if got := subject.Match([]byte(row.pattern), row.literal); got != row.want {
			t.Errorf("Match(%q, %q) = %t with types swapped, want %t", row.pattern, row.literal, got, row.want)
		}
	}
}

var relations = []struct {
	a, b            string
	overlap, subset bool // subset: a is one of b
}{
	{"a", "a", true, true},
	{"a", "b", false, false},
	{"a", "*", true, true},
	{"*", "a", true, false},
	{"*", "*", true, true},
	{"*", ">", true, true},
	{">", "*", true, false},
	{">", ">", true, true},
	{"a.*", "*.b", true, false},
	{"a.*", "*.*", true, true},
	{"*.*", "a.*", true, false},
	{"a.*", "a.>", true, true},
	{"a.>", "a.*", true, false},
	{"a.>", "*.b.c", true, false},
	{"a.b.c", "a.>", true, true},
	{"a", "a.>", false, false},
	{"a.>", "a", false, false},
	{"*.>", ">", true, true},
	{">", "*.>", true, false},
	{"a.*.c", "a.b.d", false, false},
	{"a.*", "a.*.c", false, false},
	{"a.*b", "a.*", true, true},
	{"a.*", "a.*b", true, false},
	{"a.*b", "a.xb", false, false},
	{"", "a", false, false},
	{"a", "", false, false},
}

func TestOverlapAndSubset(t *testing.T) {
	t.Parallel()
	for _, row := range relations {
		if got := subject.Overlap(row.a, row.b); got != row.overlap {
			t.Errorf("Overlap(%q, %q) = %t, want %t", row.a, row.b, got, row.overlap)
		}
		if got := subject.Overlap([]byte(row.b), row.a); got != row.overlap {
			t.Errorf("Overlap(%q, %q) = %t, want %t", row.b, row.a, got, row.overlap)
		}
		if got := subject.Subset(row.a, []byte(row.b)); got != row.subset {
			t.Errorf("Subset(%q, %q) = %t, want %t", row.a, row.b, got, row.subset)
		}
	}
}

// smallPatterns are all patterns of up to three tokens over a small alphabet,
// and smallLiterals all literals of up to four tokens, with one letter more:
// it stands for all the letters that no pattern mentions.
var (
	smallPatterns = patternsOf(3)
	smallLiterals = listsOf([]string{"a", "b", "z"}, 4)
)

func patternsOf(n int) (valid []string) {
	for _, s := range listsOf([]string{"a", "b", "*", ">"}, n) {
		if subject.Valid(s) {
			valid = append(valid, s)
		}
	}
	return valid
}

// listsOf returns all subjects of 1 to n of the tokens.
func listsOf(tokens []string, n int) []string {
	all := append([]string(nil), tokens...)
	for from := 0; n > 1; n-- {
		to := len(all)
		for _, s := range all[from:to] {
			for _, token := range tokens {
				all = append(all, s+"."+token)
			}
		}
		from = to
	}
	return all
}

func TestOverlapAndSubsetAgreeWithBruteForce(t *testing.T) {
	t.Parallel()
	for _, a := range smallPatterns {
		for _, b := range smallPatterns {
			overlap, subset := bruteForce(a, b)
			if got := subject.Overlap(a, b); got != overlap {
				t.Errorf("Overlap(%q, %q) = %t, want %t", a, b, got, overlap)
			}
			if got := subject.Subset(a, b); got != subset {
				t.Errorf("Subset(%q, %q) = %t, want %t", a, b, got, subset)
			}
		}
	}
}

func bruteForce(a, b string) (overlap, subset bool) {
	subset = true
	for _, literal := range smallLiterals {
		inA, inB := naiveMatch(a, literal), naiveMatch(b, literal)
		overlap = overlap || inA && inB
		subset = subset && (inB || !inA)
	}
	return overlap, subset
}
