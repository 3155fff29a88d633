package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Crossing is how the subjects of an import translate. Both transforms are nil
// if the subject is the same on both sides.
type Crossing struct {
	// Local is the pattern in the importing account, Remote in the exporting one.
	Local, Remote string
	In            *subject.Transform // Remote to Local
	Out           *subject.Transform // Local to Remote
}

// Compile works out how the subjects of an import translate. A local subject
// may refer to the wildcards of the other one by number, or repeat them.
func (i *Import) Compile() (*Crossing, error) {
	local := i.Local()
	c := &Crossing{Local: local, Remote: i.Subject}
	if !i.Service && i.Prefix != "" && subject.HasWildcard(i.Prefix) {
		return nil, fmt.Errorf("stream import prefix can not contain wildcard tokens")
	}
	if !subject.Valid(i.Subject) {
		return nil, fmt.Errorf("%q is %w", i.Subject, subject.ErrInvalidSubject)
	}
	if local == i.Subject {
		return c, nil
	}
	in, err := subject.NewStrictTransform(i.Subject, numbered(local))
	if err != nil {
		if !i.Service {
			return nil, fmt.Errorf("stream import mapping %q is invalid: %w", local, err)
		}
		return nil, fmt.Errorf("failed to create mapping transform for service import subject from %q to %q: %w", local, i.Subject, err)
	}
	pattern, ok := in.DestPattern()
	out, reversible := in.Reverse()
	if !ok || !reversible {
		return nil, fmt.Errorf("a subject cannot be translated back from %q to %q", local, i.Subject)
	}
	c.Local, c.In, c.Out = pattern, in, out
	return c, nil
}

// numbered replaces the wildcards that stand for single tokens by references, in
// order.
func numbered(pattern string) string {
	var b strings.Builder
	n := 0
	for token := range subject.Tokens(pattern) {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if token == "*" {
			n++
			token = "$" + strconv.Itoa(n)
		}
		b.WriteString(token)
	}
	return b.String()
}

// Serves returns the export of the account that lets another one import a
// subject, or nil: the one with the same subject if there is one, else any that
// covers it.
func (a *Account) Serves(importer string, service bool, subj string) *Export {
	for i := range a.Exports {
		if e := &a.Exports[i]; e.Service == service && e.Subject == subj {
			if e.admits(importer, subj) {
				return e
			}
			return nil
		}
	}
	for i := range a.Exports {
		if e := &a.Exports[i]; e.Service == service && subject.Subset(subj, e.Subject) && e.admits(importer, subj) {
			return e
		}
	}
	return nil
}

// admits reports whether an account may import the subject, which the export
// covers.
func (e *Export) admits(importer, subj string) bool {
	if e.TokenPosition > 0 {
		n := 0
		for token := range subject.Tokens(subj) {
			if n++; n == e.TokenPosition {
				return token == importer
			}
		}
		return false
	}
	if !e.Private {
		return true
	}
	for _, name := range e.Accounts {
		if name == importer {
			return true
		}
	}
	return false
}
