package subject_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

func TestTokensAreWhatSplitGives(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", ".", "a", "a.b", "a..b", ".a", "a.", "..", "foo.*.>", "é.ü"} {
		want := strings.Split(s, ".")
		if diff := cmp.Diff(want, slices.Collect(subject.Tokens(s))); diff != "" {
			t.Errorf("Tokens(%q) (-want +got):\n%s", s, diff)
		}
		if got := subject.Count([]byte(s)); got != len(want) {
			t.Errorf("Count(%q) = %d, want %d", s, got, len(want))
		}
	}
}

func TestTokensStopsWhenAskedTo(t *testing.T) {
	t.Parallel()
	var got []string
	for token := range subject.Tokens("a.b.c") {
		got = append(got, token)
		if token == "b" {
			break
		}
	}
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	type result struct {
		Token, Rest string
		More        bool
	}
	for s, want := range map[string]result{
		"":      {},
		"a":     {Token: "a"},
		"a.":    {Token: "a", More: true},
		".a":    {Rest: "a", More: true},
		"a.b.c": {Token: "a", Rest: "b.c", More: true},
	} {
		var got result
		got.Token, got.Rest, got.More = subject.Cut(s)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Cut(%q) (-want +got):\n%s", s, diff)
		}
	}
}

func TestReservedReply(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]bool{
		"":             false,
		"_INBOX.a":     false,
		"_R_":          false,
		"_R_.":         true,
		"_R_.a.b":      true,
		"x._R_.a":      false,
		"$JS.ACK.S.C":  true,
		"$JS.API.INFO": false,
		"_GR_.a.b.c":   true,
		"_gr_.a":       false,
	} {
		if got := subject.ReservedReply([]byte(reply)); got != want {
			t.Errorf("ReservedReply(%q) = %t, want %t", reply, got, want)
		}
	}
}
