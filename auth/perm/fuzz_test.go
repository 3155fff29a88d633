package perm

import (
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Whatever entries somebody writes and whatever a client asks for: nothing that
// is denied is delivered, and nothing that is not allowed.
func FuzzPermissions(f *testing.F) {
	f.Add("foo.*,bar q", "foo.secret,baz q.*", "foo.*", "q", "foo.secret")
	f.Add(">", "*", ">", "", "a")
	f.Add("", "a.>, b", "a.*.>", "x.y", "a.b.c")
	f.Add("a..b", "q q q", "", ".", "\x00")
	f.Fuzz(func(t *testing.T, allow, deny, pattern, queue, subj string) {
		split := func(s string) []string {
			if s == "" {
				return nil
			}
			return strings.Split(s, ",")
		}
		rules := &Rules{Subscribe: &Subjects{split(allow), split(deny)}}
		set, err := Compile(rules)
		if err != nil || !subject.ValidStrict(pattern) || !set.Subscribe(pattern, queue) || !subject.Match(pattern, subj) {
			return
		}
		hit := func(list []string, everyone bool) bool {
			for _, text := range list {
				e, _ := parseEntry(text, true)
				if subject.Match(e.subject, subj) && (e.queue == "" || !everyone) {
					return true
				}
			}
			return false
		}
		if len(rules.Subscribe.Allow) > 0 && !hit(rules.Subscribe.Allow, false) {
			t.Fatalf("%q with queue %q gets %q", pattern, queue, subj)
		}
		if hit(rules.Subscribe.Deny, true) && !set.Filter(pattern, queue).Denies([]byte(subj)) {
			t.Fatalf("%q with queue %q gets %q, which is denied", pattern, queue, subj)
		}
	})
}
