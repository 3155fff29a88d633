package perm

import "github.com/dunlin-mq/dunlin/protocol/subject"

// tree holds the entries of a list by the tokens of their subjects, so that a
// question about a long list does not have to look at all of it: no node is met
// twice on the way. A nil tree is empty.
type tree struct {
	next  map[string]*tree // by a literal token
	any   *tree            // behind "*"
	ends  []entry          // of which the last token led here
	tails []entry          // that go on from here with ">"
}

func newTree(list []entry) *tree {
	if len(list) == 0 {
		return nil
	}
	root := &tree{}
	for _, e := range list {
		root.insert(e)
	}
	return root
}

func (t *tree) insert(e entry) {
	rest, more := e.subject, true
	for more {
		var token string
		token, rest, more = subject.Cut(rest)
		if token == ">" && !more {
			t.tails = append(t.tails, e)
			return
		}
		t = t.child(token)
	}
	t.ends = append(t.ends, e)
}

// child returns the node behind a token, made if need be.
func (t *tree) child(token string) *tree {
	if token == "*" {
		if t.any == nil {
			t.any = &tree{}
		}
		return t.any
	}
	if t.next == nil {
		t.next = make(map[string]*tree)
	}
	c := t.next[token]
	if c == nil {
		c = &tree{}
		t.next[token] = c
	}
	return c
}

// covering calls visit for entries that cover a pattern until one call returns
// true, and reports whether one did. If loose, a ">" at the end of the pattern
// also counts as one token, as if it were literal.
func (t *tree) covering(pattern string, loose bool, visit func(*entry) bool) bool {
	if t == nil {
		return false
	}
	if some(t.tails, visit) {
		return true
	}
	token, rest, more := subject.Cut(pattern)
	if token == "" || token == ">" && !more && !loose {
		return false
	}
	for _, c := range [2]*tree{t.next[token], t.any} {
		if c == nil {
			continue
		}
		if more && c.covering(rest, loose, visit) || !more && some(c.ends, visit) {
			return true
		}
	}
	return false
}

// overlapping calls visit for entries that have a subject in common with a
// pattern, in the manner of covering.
func (t *tree) overlapping(pattern string, visit func(*entry) bool) bool {
	if t == nil {
		return false
	}
	if some(t.tails, visit) {
		return true
	}
	token, rest, more := subject.Cut(pattern)
	all := token == ">" && !more
	step := func(c *tree) bool {
		switch {
		case c == nil:
			return false
		case all:
			return some(c.ends, visit) || c.overlapping(pattern, visit)
		case more:
			return c.overlapping(rest, visit)
		}
		return some(c.ends, visit)
	}
	if token != "*" && !all {
		return step(t.next[token]) || step(t.any)
	}
	for _, c := range t.next {
		if step(c) {
			return true
		}
	}
	return step(t.any)
}

func some(list []entry, visit func(*entry) bool) bool {
	for i := range list {
		if visit(&list[i]) {
			return true
		}
	}
	return false
}
