package subject_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// verdict is what the validity functions say about one subject.
type verdict struct {
	Valid, Literal, Strict, LiteralStrict, WireSafe bool
}

var (
	fine    = verdict{true, true, true, true, true}
	pattern = verdict{Valid: true, Strict: true, WireSafe: true}
	broken  = verdict{WireSafe: true}
	blank   = verdict{Valid: true, Literal: true}
)

var verdicts = []struct {
	subject string
	want    verdict
}{
	{"a", fine},
	{"a.b.c", fine},
	{"foo.*bar", fine},
	{"foo.bar*", fine},
	{"foo.>bar", fine},
	{"foo.**", fine},
	{"foo.>>", fine},
	{"ünï.çødé", fine},
	{"a,b.{c}", fine},
	{"\x01.\x7f.\xff", fine},
	{"a\vb", fine},
	{"$SYS.x", fine},
	{"*", pattern},
	{">", pattern},
	{"*.*", pattern},
	{"a.*.c", pattern},
	{"a.>", pattern},
	{"*.>", pattern},
	{"", broken},
	{".", broken},
	{".a", broken},
	{"a.", broken},
	{"a..b", broken},
	{"a.>.b", broken},
	{">.a", broken},
	{">.>", broken},
	{"a.>.", broken},
	{"*.", broken},
	{"a b", blank},
	{"a\tb", blank},
	{"a\rb", blank},
	{"a\nb", blank},
	{"a\x00b", blank},
	{" ", blank},
	{"a\fb", verdict{Valid: true, Literal: true, WireSafe: true}},
	{"a b.*", verdict{Valid: true}},
	{"a b..", verdict{}},
}

func TestValidity(t *testing.T) {
	t.Parallel()
	for _, row := range verdicts {
		got := judge(row.subject)
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", row.subject, diff)
		}
		if diff := cmp.Diff(got, judge([]byte(row.subject))); diff != "" {
			t.Errorf("%q differs as string and as bytes:\n%s", row.subject, diff)
		}
	}
}

func judge[T subject.Text](s T) verdict {
	return verdict{
		Valid:         subject.Valid(s),
		Literal:       subject.ValidLiteral(s),
		Strict:        subject.ValidStrict(s),
		LiteralStrict: subject.ValidLiteralStrict(s),
		WireSafe:      subject.WireSafe(s),
	}
}

func TestHasWildcard(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"a":     false,
		"*":     true,
		">":     true,
		"a.*":   true,
		"*.a":   true,
		"a.*b":  false,
		"a.>":   true,
		"a.b>":  false,
		">.a":   false, // not valid, and no wildcard there
		"a.*.b": true,
	} {
		if got := subject.HasWildcard(s); got != want {
			t.Errorf("HasWildcard(%q) = %t, want %t", s, got, want)
		}
	}
}
