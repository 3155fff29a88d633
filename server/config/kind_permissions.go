package config

import (
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// rulesKind reads a permissions block.
var rulesKind = &kind[*perm.Rules]{
	parse: func(c *cursor, v *syntax.Value) (*perm.Rules, bool) {
		if v.Kind != syntax.KindMap {
			c.errorf("Expected permissions to be a map/struct, got %s", shown(v))
			return nil, false
		}
		before := len(c.problems)
		rules := new(perm.Rules)
		c.decodeMap(permissionsBlock, v.Map, rules)
		if len(c.problems) > before {
			return nil, false
		}
		if err := perm.Validate(rules); err != nil {
			c.errorf("%v", err)
			return nil, false
		}
		return rules, true
	},
}

// subjectsKind reads what a permission is about: a subject, several, or a map
// that says which of them are allowed and which denied.
var subjectsKind = &kind[*perm.Subjects]{
	parse: func(c *cursor, v *syntax.Value) (*perm.Subjects, bool) {
		if v.Kind != syntax.KindMap {
			list, ok := subjectList(c, v)
			return &perm.Subjects{Allow: list}, ok
		}
		before := len(c.problems)
		subjects := new(perm.Subjects)
		c.decodeMap(subjectsBlock, v.Map, subjects)
		return subjects, len(c.problems) == before
	},
}

// subjectListKind reads the subjects of an allow or deny list.
var subjectListKind = &kind[[]string]{parse: subjectList}

func subjectList(c *cursor, v *syntax.Value) ([]string, bool) {
	switch v.Kind {
	case syntax.KindString:
		return []string{v.Str}, true
	case syntax.KindArray:
	default:
		c.errorf("Expected subject permissions to be a subject, or array of subjects, got %s", goType(v))
		return nil, false
	}
	list := make([]string, 0, len(v.Array))
	for _, item := range v.Array {
		if item.Kind != syntax.KindString {
			c.decoder.errorf(item.Pos, "Subject in permissions array cannot be cast to string")
			return nil, false
		}
		list = append(list, item.Str)
	}
	return list, true
}

// responsesKind reads allow_responses: whether there are any, or their bounds.
var responsesKind = &kind[*perm.Responses]{
	parse: func(c *cursor, v *syntax.Value) (*perm.Responses, bool) {
		switch v.Kind {
		case syntax.KindBool:
			if !v.Bool {
				return nil, true
			}
			return new(perm.Responses), true
		case syntax.KindMap:
			before := len(c.problems)
			r := new(perm.Responses)
			c.decodeMap(responsesBlock, v.Map, r)
			return r, len(c.problems) == before
		default:
			c.errorf("error parsing response permissions, expected a boolean or a map")
			return nil, false
		}
	},
}

// responseTTLKind reads how long a request may be answered.
var responseTTLKind = &kind[time.Duration]{
	parse: func(c *cursor, v *syntax.Value) (time.Duration, bool) {
		if v.Kind != syntax.KindString {
			c.errorf("error parsing expires, not a duration string")
			return 0, false
		}
		d, err := time.ParseDuration(v.Str)
		if err != nil {
			c.errorf("error parsing expires: %v", err)
			return 0, false
		}
		return d, true
	},
}

// typesKind reads connection types.
var typesKind = &kind[auth.Types]{
	parse: func(c *cursor, v *syntax.Value) (auth.Types, bool) {
		names, ok := stringsOf(c, v)
		if !ok {
			return 0, false
		}
		types, err := auth.ParseTypes(names)
		if err != nil {
			c.errorf("%v", err)
			return 0, false
		}
		return types, true
	},
}
