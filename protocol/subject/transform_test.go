package subject_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// unchanged stands for a subject that the transform does not touch.
const unchanged = "(unchanged)"

// transforms holds what the reference server 2.15 makes of the same input.
var transforms = []struct{ src, dst, subject, want string }{
	// Text and tails.
	{"a", "b", "a", "b"},
	{"a", "b", "c", unchanged},
	{"a.*", "b", "a.x", "b"},
	{"a.*", "b", "a", unchanged},
	{"a.>", "b.>", "a.x.y", "b.x.y"},
	{"a.>", "b.>", "a", unchanged},
	{"a.>", ">", "a.x.y", "x.y"},
	{">", "a.>", "x.y", "a.x.y"},
	{"", "a.>", "x.y", "a.x.y"},
	{">", ">", "a.x", "a.x"},
	{"a.*", "b.c*d", "a.x", "b.c*d"},
	{"a.*", "b.x>.$1", "a.x", "b.x>.x"},
	{"a.>", "b.>", "a..x", unchanged},
	{"a.*", "b.$1", "a.*", "b.*"},

	// No destination, no transform.
	{"a", "", "a", unchanged},
	{"", "", "a", unchanged},

	// $n.
	{"a.*", "b.$1", "a.x", "b.x"},
	{"a.*", "$1.$1", "a.x", "x.x"},
	{"a.*.*", "b.$2.$1", "a.x.y", "b.y.x"},
	{"*.*.>", "$2.>", "a.c.d.e", "c.d.e"},
	{"a.*", "b.$0", "a.x", "b.a"},
	{"*.b", "$0", "q.b", "q"},
	{"a.>", "b.$0.>", "a.c", "b.a.c"},
	{"a.*", "b.$-1", "a.x", "b.a"},
	{"a.*", "b.$+1", "a.x", "b.x"},
	{"a.*", "b.$01", "a.x", "b.x"},
	{"a.*", "b.$x", "a.x", "b.$x"},
	{"a.*", "b.$", "a.x", "b.$"},
	{"a.*", "b.$1x", "a.x", "b.$1x"},
	{"a.*", "b.$0x1", "a.x", "b.$0x1"},
	{"a.*", "$$1", "a.x", "$$1"},
	{"a.*", "x$1", "a.x", "x$1"},
	{"a", "b.$x", "a", "b.$x"},
	{"a.*", "b.$99999999999999999999", "a.x", "b.$99999999999999999999"},

	// Blanks and case.
	{"a.*", "b.{{ wildcard(1) }}", "a.x", "b.x"},
	{"a.*", "b.{{wildcard ( 1 ) }}", "a.x", "b.x"},
	{"a.*", "b.{{\twildcard\n(1)\r}}", "a.x", "b.x"},
	{"a.*", "b.{{Wildcard(1)}}", "a.x", "b.x"},
	{"a.*", "b.{{wildcard(+1)}}", "a.x", "b.x"},
	{"a.*", "b.{{wildcard(01)}}", "a.x", "b.x"},
	{"a.*", "b.{{wildcard(-1)}}", "a.x", "b.a"},
	{"a.*", "b.{{left(  1  ,  2  )}}", "a.abcde", "b.ab"},
	{"a.*", "b.{{left(1,\t2)}}", "a.abcde", "b.ab"},
	{"a.*", "b.{{splitfromleft(1,2)}}", "a.abcde", "b.ab.cde"},
	{"a.*", "b.{{SplitfromLeft(1,2)}}", "a.abcde", "b.ab.cde"},
	{"a.*", "b.{{SliceFromRight(1,2)}}", "a.abcde", "b.a.bc.de"},
	{"a.*", "b.{{Left(1,2)}}.{{Right(1,2)}}", "a.abcde", "b.ab.de"},
	{"a.*", "b.{{Partition(10)}}.{{Random(1)}}", "a.abcde", "b.3.0"},

	// What does not fill a token is text.
	{"a.*", "b.{{wildcard(1)}", "a.x", "b.{{wildcard(1)}"},
	{"a.*", "b.{{wildcard(1)}}x", "a.x", "b.{{wildcard(1)}}x"},
	{"a.*", "b.x{{wildcard(1)}}", "a.x", "b.x{{wildcard(1)}}"},
	{"a.*", "b.{{}}", "a.x", "b.{{}}"},
	{"a.*", "b.{{left(1.0,2)}}", "a.x", "b.{{left(1.0,2)}}"},

	// partition.
	{"p.*.*", "q.{{partition(10,1,2)}}.$2.$1", "p.a.b", "q.6.b.a"},
	{"pp", "pp.{{partition(5)}}", "pp", "pp.2"},
	{"a.*", "b.{{partition(10,1)}}", "a.abcde", "b.6"},
	{"a.*", "b.{{partition(10,1,1)}}", "a.abcde", "b.7"},
	{"a.*", "b.{{partition( 10 , 1 )}}", "a.abcde", "b.6"},
	{"a.*", "b.{{partition(0)}}", "a.abcde", "b.0"},
	{"a.*", "b.{{partition(0,1)}}", "a.abcde", "b.0"},
	{"a.*", "b.{{partition(-1)}}", "a.abcde", "b.4226769093"},
	{"a.*", "b.{{partition(2147483647)}}", "a.abcde", "b.2079285446"},
	{"x.y", "b.{{partition(1000,5)}}", "x.y", "b.14"},
	{"x.*", "b.{{partition(1000,1)}}", "x.y", "b.76"},
	{"x.*", "b.{{partition(1000,0,1)}}", "x.y", "b.802"},
	{"xx.*", "b.{{partition(1000,0)}}", "xx.y", "b.421"},
	{"*.>", "b.{{partition(1000,1)}}.>", "a.b.c", "b.220.b.c"},
	{">", "b.{{partition(1000)}}.>", "a.b.c", "b.311.a.b.c"},

	// random.
	{"a", "b.{{random(0)}}", "a", "b.0"},
	{"a", "b.{{random(1)}}", "a", "b.0"},
	{"a", "b.{{random( -1 )}}", "a", "b.0"},

	// split.
	{"a.*", "b.{{split(1,-)}}", "a.a-b--c-", "b.a.b.c"},
	{"a.*", "b.{{split(1,--)}}", "a.a-b--c", "b.a-b.c"},
	{"a.*", "b.{{split(1,-)}}", "a.abc", "b.abc"},
	{"a.*", "b.{{split(1, -)}}", "a.a-b", "b.a.b"},
	{"a.*", "b.{{split(1 ,-)}}", "a.a-b", "b.a.b"},
	{"a.*", "b.{{split(1,})}}", "a.q}}r", "b.q.r"},
	{"a.*", "b.{{split(1,))}}", "a.q)r", "b.q.r"},
	{"a.*", "b.{{split(1,é)}}", "a.vér", "b.v.r"},
	{"a.*", "b.{{split(1,*)}}", "a.v*r", "b.v.r"},
	{"a.*", "b.{{split(1,)}}", "a.aéb", "b.a.é.b"},
	{"a.*", "b.{{split(1, )}}", "a.a\xff\xc3b", "b.a.\xff.\xc3.b"},
	{"a.*", "b.{{split(0,-)}}", "a-x.b", unchanged},
	{"*.b", "b.{{split(0,-)}}", "a-x.b", "b.a.x"},
	{"a.*", "b.{{split(1,-)}}", "a.--", "b."},
	{"a.*", "x.{{split(1,a)}}.y", "a.a", "x..y"},
	{"*.>", "b.{{split(1,x)}}.>", "axb.c.d", "b.a.b.c.d"},

	// Lengths.
	{"a.*", "b.{{splitFromLeft(1,2)}}.z", "a.abcde", "b.ab.cde.z"},
	{"a.*", "b.{{splitFromLeft(1,4)}}.z", "a.abcde", "b.abcd.e.z"},
	{"a.*", "b.{{splitFromLeft(1,5)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{splitFromLeft(1,0)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{splitFromLeft(1,-1)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{splitFromLeft(1,2147483647)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{splitFromRight(1,2)}}.z", "a.abcde", "b.abc.de.z"},
	{"a.*", "b.{{splitFromRight(1,9)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{sliceFromLeft(1,2)}}.z", "a.abcde", "b.ab.cd.e.z"},
	{"a.*", "b.{{sliceFromLeft(1,1)}}.z", "a.abcde", "b.a.b.c.d.e.z"},
	{"a.*", "b.{{sliceFromLeft(1,2)}}.z", "a.abcdef", "b.ab.cd.ef.z"},
	{"a.*", "b.{{sliceFromLeft(1,5)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{sliceFromRight(1,2)}}.z", "a.abcde", "b.a.bc.de.z"},
	{"a.*", "b.{{sliceFromRight(1,3)}}.z", "a.abcdef", "b.abc.def.z"},
	{"a.*", "b.{{sliceFromRight(1,0)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{left(1,2)}}.z", "a.abcde", "b.ab.z"},
	{"a.*", "b.{{left(1,6)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{right(1,2)}}.z", "a.abcde", "b.de.z"},
	{"a.*", "b.{{right(1,-1)}}.z", "a.abcde", "b.abcde.z"},
	{"a.*", "b.{{left(1,1)}}.z", "a.é", "b.\xc3.z"}, // bytes, not characters
	{"*.x", "b.{{SplitFromleft(0,2)}}", "abcdef.x", "b.ab.cdef"},
	{"a.*.*", "b.{{left(2,1)}}.$1.{{right(2,1)}}", "a.bbc.cxy", "b.c.bbc.y"},

	// More tokens than an application has room for on its stack.
	{
		"*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*", "$20.$19.{{partition(10,1,18)}}",
		"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t", "t.s.0",
	},
}

func TestTransform(t *testing.T) {
	t.Parallel()
	for _, row := range transforms {
		transform, err := subject.NewTransform(row.src, row.dst)
		if err != nil {
			t.Errorf("NewTransform(%q, %q): %v", row.src, row.dst, err)
			continue
		}
		if got := apply(transform, row.subject); got != row.want {
			t.Errorf("%q -> %q makes %q of %q, want %q", row.src, row.dst, got, row.subject, row.want)
		}
	}
}

func apply(t *subject.Transform, s string) string {
	got, ok := t.Apply(nil, []byte(s))
	if !ok {
		return unchanged
	}
	return string(got)
}

var badTransforms = []struct {
	src, dst string
	reason   error
	text     string
}{
	{"a..b", "c", subject.ErrInvalidSubject, "invalid subject"},
	{"a.>.b", "c", subject.ErrInvalidSubject, "invalid subject"},
	{"a\nb", "c", subject.ErrInvalidSubject, "invalid subject"},
	{"a", "b..c", subject.ErrInvalidSubject, "invalid subject"},
	{"a", ".c", subject.ErrInvalidSubject, "invalid subject"},
	{"a", "c.", subject.ErrInvalidSubject, "invalid subject"},
	{"a", "c\rd", subject.ErrInvalidSubject, "invalid subject"},
	{"a.>", "b", subject.ErrInvalidSubject, "invalid subject"},
	{"a", ">", subject.ErrInvalidSubject, "invalid subject"},
	{"a.*", "b.>", subject.ErrInvalidSubject, "invalid subject"},
	{"a.*", "b.{{wildcard(1)}}.>", subject.ErrInvalidSubject, "invalid subject"},
	{"a.>", "b.>.c", subject.ErrInvalidSubject, "invalid subject"},
	{"a.*", "b.*", subject.ErrInvalidSubject, "invalid subject"},
	{"*", "b.*.$1", subject.ErrInvalidSubject, "invalid subject"},

	{"a.*", "b.$2", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in $2: [2]"},
	{"a.>", "b.$1.>", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in $1: [1]"},
	{"a", "b.$1", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in $1"},
	{"a.b", "$0", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in $0"},
	{"a", "b.{{left(1,2)}}", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in {{left(1,2)}}"},
	{"a.*", "b.{{wildcard(3)}}", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in {{wildcard(3)}}: [3]"},
	{"a.*", "b.{{split(2,-)}}", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in {{split(2,-)}}: [2]"},
	{"a.*", "b.{{partition(10,1,2)}}", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in {{partition(10,1,2)}}: [2]"},

	{"a.*", "b.{{foo(1)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{foo(1)}}"},
	{"a.*", "b.{{foo}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{foo}}"},
	{"a.*", "b.{{(1)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{(1)}}"},
	{"a.*", "b.{{ }}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{ }}"},
	{"a.*", "b.{{{}}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{{}}}"},
	{"a.*", "b.{{wildcard}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{wildcard}}"},
	{"a.*", "b.{{wildcard(1}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{wildcard(1}}"},
	{"a.*", "b.{{wildcard 1)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{wildcard 1)}}"},
	{"a.*", "b.{{wildcard(1)x}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{wildcard(1)x}}"},
	{"a.*", "b.{{WILDCARD(1)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{WILDCARD(1)}}"},
	{"a.*", "b.{{wildCard(1)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{wildCard(1)}}"},
	{"a.*", "b.{{SPLIT(1,-)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{SPLIT(1,-)}}"},
	{"a.*", "b.{{rIght(1,2)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{rIght(1,2)}}"},
	{"a.*", "b.{{\vwildcard(1)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{\vwildcard(1)}}"},

	{"a.*", "b.{{wildcard()}}", subject.ErrTooFewArguments, "invalid mapping destination: not enough arguments passed to the function in {{wildcard()}}"},
	{"a.*", "b.{{split()}}", subject.ErrTooFewArguments, "invalid mapping destination: not enough arguments passed to the function in {{split()}}"},
	{"a.*", "b.{{left(1 2)}}", subject.ErrTooFewArguments, "invalid mapping destination: not enough arguments passed to the function in {{left(1 2)}}"},
	{"a", "b.{{random(1,2)}}", subject.ErrTooFewArguments, "invalid mapping destination: not enough arguments passed to the function in {{random(1,2)}}"},

	{"a.*", "b.{{wildcard(1,)}}", subject.ErrTooManyArguments, "invalid mapping destination: too many arguments passed to the function in {{wildcard(1,)}}"},
	{"a.*", "b.{{split(1,,)}}", subject.ErrTooManyArguments, "invalid mapping destination: too many arguments passed to the function in {{split(1,,)}}"},
	{"a.*", "b.{{left(9,2,3)}}", subject.ErrTooManyArguments, "invalid mapping destination: too many arguments passed to the function in {{left(9,2,3)}}"},

	{"a.*", "b.{{wildcard( )}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{wildcard( )}}"},
	{"a.*", "b.{{wildcard(x)}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{wildcard(x)}}"},
	{"a.*", "b.{{wildcard(\t1)}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{wildcard(\t1)}}"},
	{"a.*", "b.{{wildcard(1)}}{{wildcard(1)}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{wildcard(1)}}{{wildcard(1)}}"},
	{"a.*", "b.{{split(1,- )}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{split(1,- )}}"},
	{"a.*", "b.{{split(x,-)}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{split(x,-)}}"},
	{"a.*", "b.{{left(9,x)}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{left(9,x)}}"},
	{"a.*", "b.{{left(,2)}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{left(,2)}}"},
	{"a.*", "b.{{left(1,2147483648)}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{left(1,2147483648)}}"},
	{"a", "b.{{partition()}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{partition()}}"},
	{"a", "b.{{partition(10,x)}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{partition(10,x)}}"},
	{"a", "b.{{random()}}", subject.ErrInvalidArgument, "invalid mapping destination: function argument is invalid or in the wrong format in {{random()}}"},
}

func TestTransformErrors(t *testing.T) {
	t.Parallel()
	for _, row := range badTransforms {
		_, err := subject.NewTransform(row.src, row.dst)
		checkError(t, row.src+" -> "+row.dst, err, row.reason, row.text)
	}
}

func checkError(t *testing.T, what string, err, reason error, text string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want %q", what, text)
		return
	}
	if diff := cmp.Diff(text, err.Error()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	if !errors.Is(err, reason) {
		t.Errorf("%s: %v is not %v", what, err, reason)
	}
}

func TestStrictTransformErrors(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		src, dst string
		reason   error
		text     string
	}{
		{"x.*", "my.{{partition(3,1)}}", subject.ErrFunctionNotAllowed, "invalid mapping destination: the only mapping function allowed for import transforms is {{Wildcard()}} in {{partition(3,1)}}"},
		{"x", "my.{{random(3)}}", subject.ErrFunctionNotAllowed, "invalid mapping destination: the only mapping function allowed for import transforms is {{Wildcard()}} in {{random(3)}}"},
		{"x.*", "my.{{foo(1)}}", subject.ErrUnknownFunction, "invalid mapping destination: unknown function in {{foo(1)}}"},
		{"x.*.*", "my.$1", subject.ErrUnusedWildcard, "invalid mapping destination: not using all of the token wildcard(s) in my.$1"},
		{"x.*.*", "my.$1.$1", subject.ErrUnusedWildcard, "invalid mapping destination: not using all of the token wildcard(s) in my.$1.$1"},
		{"x.*", "my.q", subject.ErrUnusedWildcard, "invalid mapping destination: not using all of the token wildcard(s) in my.q"},
		{"x.*", "my.$2", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in $2: [2]"},
		{"x.*", "my.$0.$1", subject.ErrIndexOutOfRange, "invalid mapping destination: wildcard index out of range in $0: [0]"},
		{"x.>", "my.q", subject.ErrInvalidSubject, "invalid subject"},
	} {
		_, err := subject.NewStrictTransform(row.src, row.dst)
		checkError(t, row.src+" -> "+row.dst, err, row.reason, row.text)
	}
}

func TestStrictTransformIsReversible(t *testing.T) {
	t.Parallel()
	type result struct{ There, Pattern, Back string }
	for _, row := range []struct {
		src, dst, subject string
		want              result
	}{
		{"a", "b", "a", result{"b", "b", "a"}},
		{"wc.*.do", "my.$1.x", "wc.q.do", result{"my.q.x", "my.*.x", "wc.q.do"}},
		{"x.*.*", "$2.{{Wildcard(1)}}", "x.a.b", result{"b.a", "*.*", "x.a.b"}},
		{"x.*.*", "$2.$1.$2", "x.a.b", result{"b.a.b", "*.*.*", "x.a.b"}},
		{"x.>", "my.>", "x.a.b", result{"my.a.b", "my.>", "x.a.b"}},
		{"*.x.>", "my.$1.>", "q.x.a.b", result{"my.q.a.b", "my.*.>", "q.x.a.b"}},
		{"$1.*.{{left(1,1)}}", "my.$1", "$1.abc.{{left(1,1)}}", result{"my.abc", "my.*", "$1.abc.{{left(1,1)}}"}},
	} {
		transform, err := subject.NewStrictTransform(row.src, row.dst)
		if err != nil {
			t.Errorf("NewStrictTransform(%q, %q): %v", row.src, row.dst, err)
			continue
		}
		got := result{There: apply(transform, row.subject)}
		got.Pattern, _ = transform.DestPattern()
		if back, ok := transform.Reverse(); ok {
			got.Back = apply(back, got.There)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%q -> %q (-want +got):\n%s", row.src, row.dst, diff)
		}
	}
}

func TestOtherTransformsAreNotReversible(t *testing.T) {
	t.Parallel()
	transform, err := subject.NewTransform("a.*", "b.$1")
	if err != nil {
		t.Fatal(err)
	}
	if pattern, ok := transform.DestPattern(); ok {
		t.Errorf("DestPattern() = %q, want none", pattern)
	}
	if _, ok := transform.Reverse(); ok {
		t.Error("Reverse() succeeded")
	}
}

func TestRandomAsksTheSource(t *testing.T) {
	t.Parallel()
	plain, err := subject.NewTransform("a", "b.{{random(10)}}.{{random(1000)}}")
	if err != nil {
		t.Fatal(err)
	}
	got := apply(plain.WithRand(func(n int) int { return n - 1 }), "a")
	if diff := cmp.Diff("b.9.999", got); diff != "" {
		t.Error(diff)
	}
	if got := apply(plain, "a"); !subject.Match("b.*.*", got) {
		t.Errorf("without a source of its own: %q", got)
	}
}

func TestNilTransformChangesNothing(t *testing.T) {
	t.Parallel()
	for _, transform := range []*subject.Transform{nil, {}} {
		if got := apply(transform, "a"); got != unchanged {
			t.Errorf("got %q", got)
		}
	}
}
