package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// mappingsKind reads subject mappings in their three forms: a destination, a
// map with weight and cluster, and an array of such maps.
var mappingsKind = &kind[[]Mapping]{
	parse: func(c *cursor, v *syntax.Value) ([]Mapping, bool) {
		if v.Kind != syntax.KindMap {
			c.mistyped("a map", v)
			return nil, false
		}
		mappings, ok := make([]Mapping, 0, v.Map.Len()), true
		for _, e := range effective(v.Map) {
			m, good := parseMapping(c, e)
			mappings, ok = append(mappings, m), ok && good
		}
		return mappings, ok
	},
	format: mappingsText,
	check: func(_ *Option, _ string, mappings []Mapping) string {
		for _, m := range mappings {
			if err := m.compile(); err != nil {
				return fmt.Sprintf("Error adding mapping for %q : %v", m.Source, err)
			}
		}
		return ""
	},
}

// parseMapping reads one source with what it is mapped to. A destination on its
// own has the weight 100.
func parseMapping(c *cursor, e *syntax.Entry) (Mapping, bool) {
	m, ok := Mapping{Source: e.Key}, true
	to := "" // the destination that errors name
	switch e.Value.Kind {
	case syntax.KindString:
		m.Dests = []MappingDest{{Subject: e.Value.Str, Weight: 100}}
		to = fmt.Sprintf("to %q ", e.Value.Str)
	case syntax.KindMap:
		dest, good := parseDest(c, e.Value.Map, e.KeyPos)
		m.Dests, ok = []MappingDest{dest}, good
	case syntax.KindArray:
		for _, item := range e.Value.Array {
			if item.Kind != syntax.KindMap {
				c.decoder.errorf(item.Pos, "Expected an entry for the mapping destination")
				ok = false
				continue
			}
			dest, good := parseDest(c, item.Map, e.KeyPos)
			m.Dests, ok = append(m.Dests, dest), ok && good
		}
	default:
		c.decoder.errorf(e.KeyPos, "Expected an entry for the mapping destination")
		return m, false
	}
	if !ok {
		return m, false
	}
	if err := m.compile(); err != nil {
		var mapping *subject.MappingError
		if errors.As(err, &mapping) && mapping.Reason == subject.ErrMappingSubject && mapping.Subject == m.Source {
			c.errorf("%v", err)
		} else {
			c.decoder.errorf(e.KeyPos, "Error adding mapping for %q %s: %v", m.Source, to, err)
		}
		return m, false
	}
	return m, true
}

// mappingsText renders mappings so that no two lists look the same.
func mappingsText(mappings []Mapping) string {
	var b strings.Builder
	for i, m := range mappings {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q:", m.Source)
		for _, d := range m.Dests {
			fmt.Fprintf(&b, " %q %d%%", d.Subject, d.Weight)
			if d.Cluster != "" {
				fmt.Fprintf(&b, " in %q", d.Cluster)
			}
		}
	}
	return b.String()
}

// compile checks that the mapping means something.
func (m *Mapping) compile() error {
	_, err := m.Compile()
	return err
}

// Compile turns the mapping into the form that rewrites subjects.
func (m *Mapping) Compile() (*subject.Mapping, error) {
	dests := make([]subject.Dest, len(m.Dests))
	for i, d := range m.Dests {
		dests[i] = subject.Dest(d)
	}
	return subject.NewMapping(m.Source, dests...)
}

// parseDest reads one weighted destination. What it lacks is reported at the
// source, whose position is given.
func parseDest(c *cursor, m *syntax.Map, source syntax.Pos) (MappingDest, bool) {
	var dest MappingDest
	ok, weighted := true, false
	for _, e := range effective(m) {
		switch strings.ToLower(e.Key) {
		case "dest", "destination":
			ok = textOf(c, e, &dest.Subject) && ok
		case "cluster":
			ok = textOf(c, e, &dest.Cluster) && ok
		case "weight":
			weighted = true
			weight, why := parseWeight(e.Value)
			if why != "" {
				c.decoder.errorf(e.KeyPos, "%s", why)
				ok = false
			}
			dest.Weight = weight
		default:
			if !e.UsedAsVariable {
				c.decoder.errorf(e.KeyPos, "Unknown field %q for mapping destination", e.Key)
				ok = false
			}
		}
	}
	if ok && !weighted {
		c.decoder.errorf(source, "Missing weight for mapping destination %q", dest.Subject)
		return dest, false
	}
	return dest, ok
}

// textOf stores the string of an entry.
func textOf(c *cursor, e *syntax.Entry, to *string) bool {
	if e.Value.Kind != syntax.KindString {
		c.decoder.errorf(e.KeyPos, "%s should be a string, not %s", e.Key, article(e.Value.Kind))
		return false
	}
	*to = e.Value.Str
	return true
}

// parseWeight reads a percentage with or without its sign. The text says what
// is wrong with it, if something is.
func parseWeight(v *syntax.Value) (uint8, string) {
	n := v.Int
	switch v.Kind {
	case syntax.KindInt:
	case syntax.KindString:
		digits := strings.TrimSuffix(v.Str, "%")
		var err error
		if n, err = strconv.ParseInt(digits, 10, 64); err != nil {
			return 0, fmt.Sprintf("Invalid weight %q for mapping destination", digits)
		}
	default:
		return 0, "Unknown entry type for weight of " + plain(v)
	}
	if n < 0 || n > 100 {
		return 0, fmt.Sprintf("Invalid weight %d for mapping destination", n)
	}
	return uint8(n), ""
}
