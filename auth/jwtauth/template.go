package jwtauth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// maxExpansions is how many subjects one entry of a template may stand for.
const maxExpansions = 4096

var errTooMany = errors.New("template expansion exceeds limit: 4096")

// errUndefined is the error of a value that the user lacks.
type errUndefined struct{ entry, what string }

func (e *errUndefined) Error() string {
	return fmt.Sprintf("generated invalid subject %q: %q is not defined", e.entry, e.what)
}

// expand fills a scope's template in for a user. What an allow list names and the
// user lacks is left out, in a deny list it is an error; and an allow list of which
// nothing is left allows nothing.
func expand(p jwt.Permissions, u *jwt.UserClaims, a *Account) (jwt.Permissions, error) {
	for _, list := range []*jwt.Permission{&p.Pub, &p.Sub} {
		allow, err := expandList(list.Allow, u, a, true)
		if err != nil {
			return p, err
		}
		deny, err := expandList(list.Deny, u, a, false)
		if err != nil {
			return p, err
		}
		if len(list.Allow) > 0 && len(allow) == 0 {
			deny = append(deny, ">")
		}
		list.Allow, list.Deny = allow, deny
	}
	return p, nil
}

func expandList(entries []string, u *jwt.UserClaims, a *Account, lenient bool) ([]string, error) {
	var out []string
	for _, entry := range entries {
		all, err := expandEntry(entry, u, a)
		var undefined *errUndefined
		if errors.As(err, &undefined) && lenient {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			if subj, queue, _ := strings.Cut(s, " "); !subject.Valid(subj) || queue != "" && !subject.Valid(queue) {
				if lenient {
					continue
				}
				return nil, fmt.Errorf("generated invalid subject %q", s)
			}
			out = append(out, s)
		}
		if len(out) > maxExpansions {
			return nil, errTooMany
		}
	}
	return out, nil
}

// expandEntry returns the subjects that an entry stands for: one for each
// combination of the values that its functions have.
func expandEntry(entry string, u *jwt.UserClaims, a *Account) ([]string, error) {
	out := []string{""}
	for rest := entry; ; {
		before, after, found := strings.Cut(rest, "{{")
		call, next, closed := strings.Cut(after, "}}")
		if !found || !closed {
			return product(out, []string{rest}), nil
		}
		values, err := valuesOf(entry, strings.TrimSpace(call), u, a)
		if err != nil {
			return nil, err
		}
		if len(out)*len(values) > maxExpansions {
			return nil, errTooMany
		}
		out = product(product(out, []string{before}), values)
		rest = next
	}
}

// product appends each of the values to each of the heads.
func product(heads, values []string) []string {
	out := make([]string, 0, len(heads)*len(values))
	for _, h := range heads {
		for _, v := range values {
			out = append(out, h+v)
		}
	}
	return out
}

// valuesOf returns the values of a function.
func valuesOf(entry, call string, u *jwt.UserClaims, a *Account) ([]string, error) {
	name, arg, _ := strings.Cut(strings.TrimSuffix(strings.ToLower(call), ")"), "(")
	value := func(what, v string) ([]string, error) {
		if !plain(v) {
			return nil, &errUndefined{entry, what}
		}
		return []string{v}, nil
	}
	if strings.HasSuffix(call, ")") {
		switch name {
		case "name":
			if arg == "" {
				return value("name", u.Name)
			}
		case "subject":
			if arg == "" {
				return value("subject", u.Subject)
			}
		case "account-name":
			if arg == "" {
				return value("account-name", a.claims.Name)
			}
		case "account-subject":
			if arg == "" {
				return value("account-subject", u.IssuerAccount)
			}
		case "tag":
			return tagged(entry, arg, u.Tags)
		case "account-tag":
			return tagged(entry, arg, a.Tags)
		}
	}
	return nil, fmt.Errorf("template operation in %q: %q is not defined", entry, call)
}

// tagged returns the values of the tags with that name.
func tagged(entry, name string, tags []string) ([]string, error) {
	var values []string
	for _, tag := range tags {
		if v, ok := strings.CutPrefix(tag, name+":"); ok && plain(v) {
			values = append(values, v)
		}
	}
	if len(values) == 0 || name == "" {
		return nil, &errUndefined{entry, name}
	}
	slices.Sort(values)
	return slices.Compact(values), nil
}

// plain reports whether a value may stand in a subject. Whoever holds a scoped key
// writes the values, and must not widen what the template allows: a wildcard among
// them is as good as no value.
func plain(v string) bool { return v != "" && !strings.ContainsAny(v, "*> \t\r\n") }
