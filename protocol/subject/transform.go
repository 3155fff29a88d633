package subject

import "math/rand/v2"

// Rand returns a uniformly distributed integer in [0, n). It must be safe for
// concurrent use; n is positive.
type Rand func(n int) int

// Transform rewrites the subjects that match its source pattern. The zero
// value and nil transform nothing.
//
// In a destination, "$2" or "{{wildcard(2)}}" is replaced by what the second
// "*" of the source matched, and a last token ">" by what the source's ">"
// matched. The other functions are, with i the number of a "*":
//
//	{{partition(n,i,...)}}   hash of those tokens modulo n
//	{{partition(n)}}         hash of the whole subject modulo n
//	{{random(n)}}            random integer below n
//	{{split(i,sep)}}         the token split at each sep
//	{{splitFromLeft(i,n)}}   the token split in two after n bytes
//	{{splitFromRight(i,n)}}  the token split in two before the last n bytes
//	{{sliceFromLeft(i,n)}}   the token cut into pieces of n bytes
//	{{sliceFromRight(i,n)}}  the same, with the short piece in front
//	{{left(i,n)}}            the first n bytes of the token
//	{{right(i,n)}}           the last n bytes of the token
//
// Lengths are bytes; a length below 1, or not below the token's own, leaves
// the token as it is.
type Transform struct {
	src, dst string
	steps    []step
	// tokens is how many tokens of the subject the steps look at, and tail
	// the number of source tokens in front of ">".
	tokens, tail int
	strict       bool
	random       Rand
}

// NewTransform compiles the rewriting of subjects that match src into dst. An
// empty src means ">". With an empty dst there is nothing to do: the result
// transforms no subject.
//
// Not every wildcard of src has to be used. An unfit src gives
// [ErrInvalidSubject], an unfit dst that or a [*DestError].
func NewTransform(src, dst string) (*Transform, error) { return newTransform(src, dst, false) }

// NewStrictTransform is [NewTransform] for imports, whose transforms must be
// reversible: each wildcard of src has to be used in dst, and nothing but "$n"
// and {{wildcard(n)}} may be.
func NewStrictTransform(src, dst string) (*Transform, error) { return newTransform(src, dst, true) }

// Source returns the pattern whose matches are rewritten.
func (t *Transform) Source() string { return t.src }

// Dest returns the destination as it was written.
func (t *Transform) Dest() string { return t.dst }

// WithRand returns a copy of t that takes its random numbers from r instead of
// the process-wide generator, for tests that need to know the outcome.
func (t *Transform) WithRand(r Rand) *Transform {
	c := *t
	c.random = r
	return &c
}

// Apply appends to dst what t makes of subject. When subject does not match
// the source, dst comes back as it is with false, and the subject stands.
//
// A wire-safe subject gives a wire-safe result; splitting a token that holds
// only separators leaves an empty token, so the result may match nothing. dst
// must not share memory with subject.
func (t *Transform) Apply(dst, subject []byte) ([]byte, bool) {
	if t == nil || t.dst == "" || !Match(t.src, subject) {
		return dst, false
	}
	return t.rewrite(dst, subject, t.random), true
}

// ApplyMatched is [Transform.Apply] for a subject that is known to match the
// source: one that was delivered to a subscription on it. For others the result is
// undefined.
func (t *Transform) ApplyMatched(dst, subject []byte) []byte {
	return t.rewrite(dst, subject, t.random)
}

// randInt draws from r, or from the process-wide generator when r is nil.
func randInt(r Rand, n int) int {
	if r == nil {
		return rand.IntN(n)
	}
	return r(n)
}
