package subject

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// source is what a destination can refer to.
type source struct {
	wildcards []int // token numbers, counted from 0, of each "*"
	tokens    int   // tokens in front of ">"
	tail      bool  // ends in ">"
}

func parseSource(src string) source {
	var s source
	for token := range Tokens(src) {
		switch {
		case isLone(token, anyTail):
			s.tail = true
			return s
		case isLone(token, anyToken):
			s.wildcards = append(s.wildcards, s.tokens)
		}
		s.tokens++
	}
	return s
}

// literal reports whether the source has no wildcard at all.
func (s *source) literal() bool { return len(s.wildcards) == 0 && !s.tail }

func newTransform(src, dst string, strict bool) (*Transform, error) {
	if src == "" {
		src = string(anyTail)
	}
	if !Valid(src) || !WireSafe(src) {
		return nil, ErrInvalidSubject
	}
	t := &Transform{src: src, dst: dst, strict: strict}
	if dst == "" {
		return t, nil
	}
	from := parseSource(src)
	if err := checkDest(dst, from.tail); err != nil {
		return nil, err
	}
	t.tail = from.tokens
	if err := t.compile(&from); err != nil {
		return nil, err
	}
	return t, nil
}

// checkDest tests what must hold for a destination whatever its functions are.
func checkDest(dst string, wantTail bool) error {
	tail := false
	for token := range Tokens(dst) {
		switch {
		case !isFunction(token) && !WireSafe(token):
			return ErrInvalidSubject
		case isLone(token, anyToken):
			return ErrInvalidSubject
		case isLone(token, anyTail):
			tail = true
		}
	}
	if !Valid(dst) || tail != wantTail {
		return ErrInvalidSubject
	}
	return nil
}

// compile turns the destination into steps.
func (t *Transform) compile(from *source) error {
	used := make(map[int]bool) // by token of the subject
	for rest, more := t.dst, true; more; {
		var token string
		token, rest, more = Cut(rest)
		s, refs, err := compileToken(token)
		if err != nil {
			return err
		}
		if t.strict && s.kind > stepTail {
			return &DestError{ErrFunctionNotAllowed, token}
		}
		if err := s.resolve(refs, from, token, t.strict); err != nil {
			return err
		}
		if s.kind == stepToken {
			used[s.token] = true
		}
		t.tokens = max(t.tokens, s.reach())
		t.add(s)
		if more {
			t.add(step{kind: stepText, text: string(separator)})
		}
	}
	if t.strict {
		for _, token := range from.wildcards {
			if !used[token] {
				return &DestError{ErrUnusedWildcard, t.dst}
			}
		}
	}
	return nil
}

// add appends a step; neighbouring texts become one.
func (t *Transform) add(s step) {
	if n := len(t.steps); s.kind == stepText && n > 0 && t.steps[n-1].kind == stepText {
		t.steps[n-1].text += s.text
		return
	}
	t.steps = append(t.steps, s)
}

// reach returns how many tokens of the subject the step needs to see.
func (s *step) reach() int {
	switch s.kind {
	case stepText, stepTail, stepRandom:
		return 0
	case stepPartition:
		n := 0
		for _, i := range s.parts {
			n = max(n, i+1)
		}
		return n
	default:
		return s.token + 1
	}
}

// resolve replaces the numbers of wildcards by the numbers of their tokens.
func (s *step) resolve(refs []int, from *source, token string, strict bool) error {
	if len(refs) == 0 {
		return nil
	}
	if from.literal() {
		if s.kind == stepPartition {
			return nil // no wildcards to hash: it is the whole subject
		}
		return &DestError{ErrIndexOutOfRange, token}
	}
	for i, n := range refs {
		if n > len(from.wildcards) || strict && n < 1 {
			return &DestError{ErrIndexOutOfRange, fmt.Sprintf("%s: [%d]", token, n)}
		}
		// The reference takes any number below 1 for the subject's first token.
		refs[i] = 0
		if n > 0 {
			refs[i] = from.wildcards[n-1]
		}
	}
	if s.kind == stepPartition {
		s.parts = refs
	} else {
		s.token = refs[0]
	}
	return nil
}

// compileToken parses one token of a destination. refs are the numbers of the
// wildcards it uses.
func compileToken(token string) (s step, refs []int, err error) {
	switch {
	case isLone(token, anyTail):
		return step{kind: stepTail}, nil, nil
	case isFunction(token):
		return compileFunction(token)
	case len(token) > 1 && token[0] == '$':
		// What is no number is no reference: "$x" stands for itself.
		if n, err := strconv.Atoi(token[1:]); err == nil {
			return step{kind: stepToken}, []int{n}, nil
		}
	}
	return step{kind: stepText, text: token}, nil, nil
}

const (
	functionOpen  = "{{"
	functionClose = "}}"
	blanks        = " \t\n\f\r"
)

// isFunction reports whether a destination token is a function call, or an
// attempt at one.
func isFunction(token string) bool {
	return len(token) > len(functionOpen)+len(functionClose) &&
		strings.HasPrefix(token, functionOpen) && strings.HasSuffix(token, functionClose)
}

// compileFunction parses "{{ name(args) }}".
func compileFunction(token string) (s step, refs []int, err error) {
	call := strings.Trim(token[len(functionOpen):len(token)-len(functionClose)], blanks)
	name, args, ok := strings.Cut(call, "(")
	args, closed := strings.CutSuffix(args, ")")
	f := findFunction(strings.TrimRight(name, blanks))
	if !ok || !closed || f == nil {
		return s, nil, &DestError{ErrUnknownFunction, token}
	}
	s.kind = f.kind
	refs, err = f.parse(&s, splitArgs(args))
	if err != nil {
		return s, nil, &DestError{err, token}
	}
	return s, refs, nil
}

// splitArgs splits at commas and drops the blanks behind them. Other blanks
// are left, since they may belong to the separator of split.
func splitArgs(args string) []string {
	list := strings.Split(args, ",")
	for i := 1; i < len(list); i++ {
		list[i] = strings.TrimLeft(list[i], blanks)
	}
	return list
}

// parseNumber parses a numeric argument. The reference refuses numbers that
// do not fit 32 bits.
func parseNumber(arg string) (int, error) {
	n, err := strconv.Atoi(strings.Trim(arg, " "))
	if err != nil || n > math.MaxInt32 || n < -math.MaxInt32 {
		return 0, ErrInvalidArgument
	}
	return n, nil
}
