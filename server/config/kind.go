package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// boolKind reads true and false.
var boolKind = &kind[bool]{
	parse: func(c *cursor, v *syntax.Value) (bool, bool) {
		if v.Kind != syntax.KindBool {
			c.mistyped("true or false", v)
			return false, false
		}
		return v.Bool, true
	},
	format: strconv.FormatBool,
}

// notKind is boolKind for options whose field says the opposite, so that the
// field's zero value is the default.
var notKind = &kind[bool]{
	parse: func(c *cursor, v *syntax.Value) (bool, bool) {
		b, ok := boolKind.parse(c, v)
		return !b, ok
	},
	format: func(b bool) string { return strconv.FormatBool(!b) },
}

// stringKind reads a string. Names are kept as they are, empty ones included.
var stringKind = &kind[string]{
	parse: func(c *cursor, v *syntax.Value) (string, bool) {
		if v.Kind != syntax.KindString {
			c.mistyped("a string", v)
			return "", false
		}
		return v.Str, true
	},
	format: func(s string) string { return s },
}

// intKind reads an integer within the row's bounds.
var intKind = intKindOf[int]()

// sizeKind reads a number of bytes that may need 64 bits.
var sizeKind = intKindOf[int64]()

func intKindOf[N int | int64]() *kind[N] {
	return &kind[N]{
		parse: func(c *cursor, v *syntax.Value) (N, bool) {
			if v.Kind != syntax.KindInt {
				c.mistyped("an integer", v)
				return 0, false
			}
			// Before the conversion, which could cut bits off that matter.
			if why := outOfBounds(c.row, c.key, v.Int); why != "" {
				c.errorf("%s", why)
				return 0, false
			}
			return N(v.Int), true
		},
		format: func(n N) string { return strconv.FormatInt(int64(n), 10) },
		check:  func(row *Option, key string, n N) string { return outOfBounds(row, key, int64(n)) },
	}
}

// limitKind reads a limit whose zero means that there is none; so do negative
// values, which operators know from other limits.
var limitKind = limitKindOf[int]()

// sizeLimitKind is limitKind for numbers of bytes that may need 64 bits.
var sizeLimitKind = limitKindOf[int64]()

func limitKindOf[N int | int64]() *kind[N] {
	k := *intKindOf[N]()
	parse := k.parse
	k.parse = func(c *cursor, v *syntax.Value) (N, bool) {
		if v.Kind == syntax.KindInt && v.Int < 0 {
			return 0, true
		}
		return parse(c, v)
	}
	return &k
}

// bounds returns the smallest and the largest value of a numeric row.
func (o *Option) bounds() (int64, int64) {
	if o.Min == 0 && o.Max == 0 {
		return 0, math.MaxInt32
	}
	return o.Min, o.Max
}

// outOfBounds says what is wrong with n, or "".
func outOfBounds(row *Option, key string, n int64) string {
	low, high := row.bounds()
	switch {
	case n > high && row.over != "":
		return fmt.Sprintf(row.over, key)
	case n > high:
		return fmt.Sprintf("%s value is too big: %d, the maximum is %d", key, n, high)
	case n < low && row.under != "":
		return fmt.Sprintf(row.under, key)
	case n < low:
		return fmt.Sprintf("%s value is too small: %d, the minimum is %d", key, n, low)
	default:
		return ""
	}
}

// tagsKind reads one string or a list of them and stores them in lower case.
var tagsKind = &kind[[]string]{
	parse: func(c *cursor, v *syntax.Value) ([]string, bool) {
		items := []*syntax.Value{v}
		switch v.Kind {
		case syntax.KindString:
		case syntax.KindArray:
			items = v.Array
		default:
			c.errorf("error parsing tags: unsupported type %s", goType(v))
			return nil, false
		}
		var tags []string
		for _, item := range items {
			if item.Kind != syntax.KindString {
				c.errorf("error parsing tags: unsupported type %s where string is expected", goType(item))
				return nil, false
			}
			if tag := strings.ToLower(strings.TrimSpace(item.Str)); tag != "" && !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
		return tags, true
	},
	format: func(tags []string) string { return fmt.Sprintf("%q", tags) },
}

// labelsKind reads a map of free keys to strings.
var labelsKind = &kind[map[string]string]{
	parse: func(c *cursor, v *syntax.Value) (map[string]string, bool) {
		if v.Kind != syntax.KindMap {
			c.errorf("error parsing metadata: unsupported type %s", goType(v))
			return nil, false
		}
		labels, ok := make(map[string]string), true
		for _, e := range effective(v.Map) {
			if e.Value.Kind != syntax.KindString {
				c.decoder.errorf(e.KeyPos, "%s should be a string, not %s", e.Key, article(e.Value.Kind))
				ok = false
				continue
			}
			labels[e.Key] = e.Value.Str
		}
		return labels, ok
	},
	format: func(m map[string]string) string { return fmt.Sprintf("%q", m) },
}

// switchesKind reads a map of free keys to booleans.
var switchesKind = &kind[map[string]bool]{
	parse: func(c *cursor, v *syntax.Value) (map[string]bool, bool) {
		if v.Kind != syntax.KindMap {
			c.errorf("error parsing feature flags: unsupported type %s", goType(v))
			return nil, false
		}
		flags, ok := make(map[string]bool), true
		for _, e := range effective(v.Map) {
			if e.Value.Kind != syntax.KindBool {
				c.decoder.errorf(e.KeyPos, "error parsing feature flag %q: expected bool, got %s", e.Key, goType(e.Value))
				ok = false
				continue
			}
			flags[e.Key] = e.Value.Bool
		}
		return flags, ok
	},
	format: func(m map[string]bool) string { return fmt.Sprint(m) },
}

// wordKind reads one of a few words as a V, in any case.
func wordKind[V comparable](complaint string, words map[string]V) *kind[V] {
	return &kind[V]{
		parse: func(c *cursor, v *syntax.Value) (V, bool) {
			var zero V
			if v.Kind != syntax.KindString {
				c.mistyped("a string", v)
				return zero, false
			}
			value, ok := words[strings.ToLower(v.Str)]
			if !ok {
				c.errorf("%s", complaint)
				return zero, false
			}
			return value, true
		},
		format: func(v V) string {
			for word, value := range words {
				if value == v {
					return word
				}
			}
			return fmt.Sprint(v)
		},
	}
}
