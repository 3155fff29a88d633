// Package subject holds the rules of NATS subjects: tokens, validity,
// matching, and the rewriting of subjects by transforms and mappings.
//
// A subject is a list of tokens separated by dots. In a pattern the token "*"
// stands for any one token and a last token ">" for one or more tokens; both
// are plain text when they are only part of a token, as in "foo.*bar".
//
// Start with [Valid] and [Match], go on to [Transform], which rewrites one
// pattern into another, and end with [Mappings], the ordered list of weighted
// transforms that an account applies to what its clients publish.
//
// # Two questions that are often confused
//
// [WireSafe] asks whether a subject can stand in a protocol line without
// breaking it: no space, TAB, CR, LF or NUL. Whatever is encoded must be
// wire-safe. [Valid] and [ValidLiteral] ask whether it is well-formed: no empty
// token, wildcards where they belong. The protocol lets a publisher send on a
// subject that is not well-formed; such a subject simply matches nothing.
//
// # Costs
//
// Functions take strings and byte slices alike, never keep what they are
// given, never panic, and do not allocate. The append-style functions allocate
// only to grow their destination, and for a transform that looks at more than
// the first 16 tokens of a subject. Values of this package are immutable once
// built and may be shared by any number of goroutines.
package subject
