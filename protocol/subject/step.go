package subject

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// stepKind says what a step appends to the result.
type stepKind uint8

const (
	stepText stepKind = iota // fixed text, separators included
	stepToken
	stepTail
	stepPartition
	stepRandom
	stepSplit
	stepSplitFromLeft
	stepSplitFromRight
	stepSliceFromLeft
	stepSliceFromRight
	stepLeft
	stepRight
)

// step is one instruction of a compiled destination.
type step struct {
	kind stepKind
	text string // the fixed text, or the separator to split at
	// token is the subject's token to work on, counted from 0.
	token int
	// n is a length in bytes, or the bound of a random number.
	n int
	// mod and parts are the number of partitions and the tokens to hash; no
	// parts means the whole subject.
	mod   uint32
	parts []int
}

// span is where a token stands in the subject.
type span struct{ start, end int }

// inlineSpans is how many tokens a destination can look at before applying it
// allocates. It is small to keep the stack frame of a reader small.
const inlineSpans = 16

// rewrite appends the result for a subject that matches the source.
func (t *Transform) rewrite(dst, subject []byte, random Rand) []byte {
	var buf [inlineSpans]span
	spans := appendSpans(buf[:0], subject, t.tokens)
	for i := range t.steps {
		s := &t.steps[i]
		switch s.kind {
		case stepText:
			dst = append(dst, s.text...)
		case stepTail:
			dst = append(dst, subject[tailStart(subject, t.tail):]...)
		case stepRandom:
			dst = strconv.AppendInt(dst, int64(s.draw(random)), 10)
		case stepPartition:
			dst = strconv.AppendUint(dst, uint64(s.partition(subject, spans)), 10)
		default:
			at := spans[s.token]
			dst = s.appendToken(dst, subject[at.start:at.end])
		}
	}
	return dst
}

// appendToken appends what s makes of the subject's token.
func (s *step) appendToken(dst, token []byte) []byte {
	switch s.kind {
	case stepSplit:
		return appendSplit(dst, token, s.text)
	case stepToken:
		return append(dst, token...)
	}
	if s.n <= 0 || s.n >= len(token) {
		return append(dst, token...)
	}
	switch s.kind {
	case stepLeft:
		return append(dst, token[:s.n]...)
	case stepRight:
		return append(dst, token[len(token)-s.n:]...)
	case stepSplitFromLeft:
		return appendTwo(dst, token, s.n)
	case stepSplitFromRight:
		return appendTwo(dst, token, len(token)-s.n)
	case stepSliceFromLeft:
		return appendSlices(dst, token, s.n, s.n)
	case stepSliceFromRight:
		first := len(token) % s.n
		if first == 0 {
			first = s.n
		}
		return appendSlices(dst, token, first, s.n)
	}
	return dst
}

// draw returns a random number below the bound.
func (s *step) draw(random Rand) int {
	if s.n == 0 {
		return 0
	}
	return randInt(random, s.n)
}

// FNV-1a with 32 bits. The numbers are part of the contract: all servers of a
// system must put a subject into the same partition.
const (
	fnvOffset = 2166136261
	fnvPrime  = 16777619
)

func hashMore(h uint32, b []byte) uint32 {
	for _, c := range b {
		h = (h ^ uint32(c)) * fnvPrime
	}
	return h
}

// partition returns the partition number of the subject.
func (s *step) partition(subject []byte, spans []span) uint32 {
	if s.mod == 0 {
		return 0
	}
	h := uint32(fnvOffset)
	if len(s.parts) == 0 {
		return hashMore(h, subject) % s.mod
	}
	for _, i := range s.parts {
		h = hashMore(h, subject[spans[i].start:spans[i].end])
	}
	return h % s.mod
}

// appendTwo appends token with a separator before byte i.
func appendTwo(dst, token []byte, i int) []byte {
	dst = append(dst, token[:i]...)
	dst = append(dst, separator)
	return append(dst, token[i:]...)
}

// appendSlices appends the first bytes of token, then pieces of n bytes.
func appendSlices(dst, token []byte, first, n int) []byte {
	dst = append(dst, token[:first]...)
	for token = token[first:]; len(token) > 0; token = token[min(n, len(token)):] {
		dst = append(dst, separator)
		dst = append(dst, token[:min(n, len(token))]...)
	}
	return dst
}

// appendSplit appends the non-empty parts of token between separators sep as
// tokens. An empty sep separates the UTF-8 characters.
func appendSplit(dst, token []byte, sep string) []byte {
	begin := len(dst)
	for len(token) > 0 {
		end, next := nextPart(token, sep)
		if end > 0 {
			if len(dst) > begin {
				dst = append(dst, separator)
			}
			dst = append(dst, token[:end]...)
		}
		token = token[next:]
	}
	return dst
}

// nextPart returns where the first part of token ends and the next begins.
func nextPart(token []byte, sep string) (end, next int) {
	if sep == "" {
		_, size := utf8.DecodeRune(token)
		return size, size
	}
	end = bytes.Index(token, []byte(sep))
	if end < 0 {
		return len(token), len(token)
	}
	return end, end + len(sep)
}

// appendSpans appends where the first n tokens of subject stand.
func appendSpans(spans []span, subject []byte, n int) []span {
	start := 0
	for i := 0; len(spans) < n; i++ {
		if i == len(subject) || subject[i] == separator {
			spans = append(spans, span{start, i})
			start = i + 1
		}
	}
	return spans
}

// tailStart returns where the token with number n, counted from 0, begins.
func tailStart(subject []byte, n int) int {
	i := 0
	for ; n > 0; i++ {
		if subject[i] == separator {
			n--
		}
	}
	return i
}
