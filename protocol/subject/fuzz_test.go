package subject_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// naiveMatch is Match as one would write it on a blackboard.
func naiveMatch(pattern, literal string) bool {
	p, l := strings.Split(pattern, "."), strings.Split(literal, ".")
	if slices.Contains(l, "") {
		return false
	}
	for i, token := range p {
		last := i == len(p)-1
		switch {
		case token == ">" && last:
			return len(l) > i
		case i >= len(l), token != "*" && token != l[i]:
			return false
		}
	}
	return len(p) == len(l)
}

func FuzzMatch(f *testing.F) {
	for _, row := range matches {
		f.Add(row.pattern, row.literal)
	}
	f.Fuzz(func(t *testing.T, pattern, literal string) {
		if got, want := subject.Match(pattern, []byte(literal)), naiveMatch(pattern, literal); got != want {
			t.Errorf("Match(%q, %q) = %t, want %t", pattern, literal, got, want)
		}
	})
}

// FuzzRelations checks what must hold between two patterns and a literal.
func FuzzRelations(f *testing.F) {
	for i, row := range relations {
		f.Add(row.a, row.b, matches[i%len(matches)].literal)
	}
	f.Fuzz(func(t *testing.T, a, b, literal string) {
		overlap, subset := subject.Overlap(a, b), subject.Subset(a, b)
		if !subject.Valid(a) || !subject.Valid(b) {
			return // no panic is all that is promised
		}
		if overlap != subject.Overlap(b, a) {
			t.Errorf("Overlap(%q, %q) is not symmetric", a, b)
		}
		if subset && !overlap {
			t.Errorf("%q is a subset of %q and does not overlap it", a, b)
		}
		if !subject.Subset(a, a) || !subject.Overlap(a, a) {
			t.Errorf("%q is unrelated to itself", a)
		}
		inA, inB := subject.Match(a, literal), subject.Match(b, literal)
		if inA && inB && !overlap {
			t.Errorf("%q is in %q and %q, which do not overlap", literal, a, b)
		}
		if inA && !inB && subset {
			t.Errorf("%q is in %q but not in its superset %q", literal, a, b)
		}
	})
}

func FuzzValid(f *testing.F) {
	for _, row := range verdicts {
		f.Add(row.subject)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := judge([]byte(s))
		tokens := strings.Split(s, ".")
		valid := !slices.Contains(tokens, "") && !slices.Contains(tokens[:len(tokens)-1], ">")
		literal := valid && !slices.Contains(tokens, "*") && !slices.Contains(tokens, ">")
		safe := !strings.ContainsAny(s, " \t\r\n\x00")
		strict := safe && !strings.Contains(s, "\f")
		want := verdict{valid, literal, valid && strict, literal && strict, safe}
		if got != want {
			t.Errorf("%q: got %+v, want %+v", s, got, want)
		}
		if wild := subject.HasWildcard(s); valid && wild == literal {
			t.Errorf("%q: HasWildcard = %t, ValidLiteral = %t", s, wild, literal)
		}
	})
}

func FuzzTransform(f *testing.F) {
	for _, row := range transforms {
		f.Add(row.src, row.dst, row.subject)
	}
	for _, row := range badTransforms {
		f.Add(row.src, row.dst, "a.b.c")
	}
	f.Fuzz(func(t *testing.T, src, dst, literal string) {
		if strict, err := subject.NewStrictTransform(src, dst); err == nil && dst != "" {
			checkReverse(t, strict, literal)
		}
		transform, err := subject.NewTransform(src, dst)
		if err != nil {
			if transform != nil || !strings.HasPrefix(err.Error(), "invalid ") {
				t.Errorf("NewTransform(%q, %q) = %v, %v", src, dst, transform, err)
			}
			return
		}
		const before = "before"
		got, ok := transform.Apply([]byte(before), []byte(literal))
		if !strings.HasPrefix(string(got), before) || !ok && string(got) != before {
			t.Fatalf("Apply(%q) damaged the buffer: %q", literal, got)
		}
		if ok && !subject.Match(transform.Source(), literal) {
			t.Errorf("Apply(%q) changed a subject that does not match %q", literal, src)
		}
		if ok && subject.WireSafe(literal) && !subject.WireSafe(got) {
			t.Errorf("Apply(%q) with %q -> %q is not wire-safe: %q", literal, src, dst, got)
		}
	})
}

// checkReverse tests that a strict transform maps into its DestPattern and
// that its reverse leads back.
func checkReverse(t *testing.T, strict *subject.Transform, literal string) {
	t.Helper()
	there, ok := strict.Apply(nil, []byte(literal))
	if !ok {
		return
	}
	if pattern, ok := strict.DestPattern(); !ok || !subject.Match(pattern, there) {
		t.Errorf("%q became %q, which is not in %q", literal, there, pattern)
	}
	back, ok := strict.Reverse()
	if !ok {
		t.Fatalf("%q -> %q has no reverse", strict.Source(), strict.Dest())
	}
	if got, ok := back.Apply(nil, there); !ok || string(got) != literal {
		t.Errorf("%q became %q and then %q", literal, there, got)
	}
}
