package subject

import "strconv"

// DestPattern returns the pattern that covers every result of t: its
// destination with "*" for each wildcard. It is meant for strict transforms;
// for others, whose functions may give several tokens, it returns false.
func (t *Transform) DestPattern() (string, bool) {
	if !t.strict || t.dst == "" {
		return "", false
	}
	var b []byte
	for _, s := range t.steps {
		switch s.kind {
		case stepText:
			b = append(b, s.text...)
		case stepToken:
			b = append(b, anyToken)
		case stepTail:
			b = append(b, anyTail)
		}
	}
	return string(b), true
}

// Reverse returns the transform that undoes t, which must be strict; it
// returns false for any other.
func (t *Transform) Reverse() (*Transform, bool) {
	pattern, ok := t.DestPattern()
	if !ok {
		return nil, false
	}
	from := parseSource(pattern)
	number := t.wildcardNumbers()
	back := &Transform{src: pattern, tail: from.tokens, strict: true}
	// The steps are put together here and not compiled from the text of a
	// destination, where a token of the source such as "$1" would change its
	// meaning.
	i := 0
	for token, rest, more := Cut(t.src); ; token, rest, more = Cut(rest) {
		s, text := step{kind: stepText, text: token}, token
		switch {
		case isLone(token, anyToken):
			n := number[i]
			s, text = step{kind: stepToken, token: from.wildcards[n-1]}, "$"+strconv.Itoa(n)
		case isLone(token, anyTail):
			s = step{kind: stepTail}
		}
		back.add(s)
		back.dst += text
		back.tokens = max(back.tokens, s.reach())
		if !more {
			return back, true
		}
		back.add(step{kind: stepText, text: string(separator)})
		back.dst += string(separator)
		i++
	}
}

// wildcardNumbers returns, by token number of the source, which "*" of
// DestPattern, counted from 1, repeats that token first.
func (t *Transform) wildcardNumbers() map[int]int {
	number := make(map[int]int)
	n := 0
	for _, s := range t.steps {
		if s.kind != stepToken {
			continue
		}
		n++
		if number[s.token] == 0 {
			number[s.token] = n
		}
	}
	return number
}
