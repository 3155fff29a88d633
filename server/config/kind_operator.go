package config

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
	"github.com/dunlin-mq/dunlin/auth/resolver"
	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// operatorsKind reads operator JWTs, or the names of files with one: one or
// several.
var operatorsKind = &kind[[]*jwtauth.Operator]{
	parse: func(c *cursor, v *syntax.Value) ([]*jwtauth.Operator, bool) {
		values, ok := oneOrMany(c, v, "error parsing operators: unsupported type %s", "error parsing operators: unsupported type %s where string is expected")
		if !ok {
			return nil, false
		}
		var list []*jwtauth.Operator
		for _, v := range values {
			text := []byte(v.Str)
			if !strings.HasPrefix(v.Str, "eyJ") {
				var err error
				if text, err = c.readFile(v.Str); err != nil {
					c.errorf("error parsing operator JWT: %v", err)
					return nil, false
				}
			}
			op, err := jwtauth.ParseOperator(text)
			if err != nil {
				c.errorf("error parsing operator JWT: %v", err)
				return nil, false
			}
			list = append(list, op)
		}
		return list, true
	},
	format: func(list []*jwtauth.Operator) string {
		keys := make([]string, 0, len(list))
		for _, op := range list {
			// An operator that has written another JWT is another one.
			keys = append(keys, op.Key+" of "+op.Issued.UTC().Format(time.RFC3339))
		}
		return strings.Join(keys, ", ")
	},
}

// trustedKeysKind reads public keys of operators: one or several.
var trustedKeysKind = &kind[[]string]{
	parse: func(c *cursor, v *syntax.Value) ([]string, bool) {
		values, ok := oneOrMany(c, v, "error parsing trusted: unsupported type %s", "error parsing trusted: unsupported type in array %s")
		if !ok {
			return nil, false
		}
		var keys []string
		for _, v := range values {
			if !nkeys.IsValidPublicOperatorKey(v.Str) {
				c.errorf("trust key %q required to be a valid public operator nkey", v.Str)
				return nil, false
			}
			keys = append(keys, v.Str)
		}
		return keys, true
	},
	format: func(keys []string) string { return strings.Join(keys, ", ") },
}

// pinnedAccountsKind reads public keys of accounts.
var pinnedAccountsKind = &kind[[]string]{
	parse: func(c *cursor, v *syntax.Value) ([]string, bool) {
		values, ok := oneOrMany(c, v, "error parsing resolver_pinned_accounts: unsupported type %s", "error parsing resolver_pinned_accounts: unsupported type in array %s")
		if !ok {
			return nil, false
		}
		var keys []string
		for _, v := range values {
			if !nkeys.IsValidPublicAccountKey(v.Str) {
				c.errorf("pinned account key %q is not a valid public account nkey", v.Str)
				return nil, false
			}
			keys = append(keys, v.Str)
		}
		return keys, true
	},
	format: func(keys []string) string { return strings.Join(keys, ", ") },
}

const wrongResolver = `error parsing account resolver, should be MEM or  URL("url") or a map containing dir and type state=[FULL|CACHE])`

// resolverKind reads MEMORY, URL(address) or a block.
var resolverKind = &kind[Resolver]{
	parse: func(c *cursor, v *syntax.Value) (Resolver, bool) {
		var r Resolver
		switch v.Kind {
		case syntax.KindString:
			return resolverWord(c, v.Str)
		case syntax.KindMap:
			before := len(c.problems)
			c.decodeMap(resolverBlock, v.Map, &r)
			if len(c.problems) > before {
				return r, false
			}
			return r, checkResolver(c, v.Map, &r)
		}
		c.errorf("%s", wrongResolver)
		return r, false
	},
	format: func(r Resolver) string {
		s := r.Type.String()
		switch {
		case r.URL != "":
			s += "(" + r.URL + ")"
		case r.Dir != "":
			s += " " + r.Dir
		}
		return s
	},
}

// resolverWord reads a resolver that is no block.
func resolverWord(c *cursor, s string) (Resolver, bool) {
	upper := strings.ToUpper(strings.TrimSpace(s))
	switch {
	case upper == "MEM", upper == "MEMORY":
		return Resolver{Type: MemoryResolver}, true
	case strings.HasPrefix(upper, "URL(") && strings.HasSuffix(upper, ")"):
		s = strings.TrimSpace(s)
		url := strings.Trim(strings.TrimSpace(s[len("URL("):len(s)-1]), `"'`)
		if strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") {
			return Resolver{Type: URLResolver, URL: withSlash(url)}, true
		}
	}
	c.errorf("%s", wrongResolver)
	return Resolver{}, false
}

// resolverTypeKind reads the type of a block.
var resolverTypeKind = &kind[ResolverType]{
	parse: func(c *cursor, v *syntax.Value) (ResolverType, bool) {
		switch strings.ToUpper(v.Str) {
		case "FULL":
			return FullResolver, true
		case "CACHE":
			return CacheResolver, true
		case "MEM", "MEMORY":
			return MemoryResolver, true
		}
		c.errorf("%s", wrongResolver)
		return NoResolver, false
	},
}

// checkResolver reports what does not belong together in a block.
func checkResolver(c *cursor, m *syntax.Map, r *Resolver) bool {
	has := func(key string) bool { return keyPos(m, key) != keyPos(m) }
	wrong := ""
	switch r.Type {
	case NoResolver:
		wrong = wrongResolver
	case CacheResolver:
		switch {
		case has("interval"):
			wrong = "CACHE does not accept sync"
		case has("allow_delete"):
			wrong = "CACHE does not accept allow_delete"
		case has("hard_delete"):
			wrong = "CACHE does not accept hard_delete"
		}
	case FullResolver:
		switch {
		case has("ttl"):
			wrong = "FULL does not accept ttl"
		case r.HardDelete && !r.AllowDelete:
			wrong = resolver.ErrHardDelete.Error()
		}
	}
	switch {
	case wrong != "":
	case r.Type != MemoryResolver && r.Dir == "":
		wrong = resolver.ErrNoDir.Error()
	case has("timeout") && r.Timeout <= 0:
		wrong = "Fetch timeout " + r.Timeout.String() + " is too smal"
	}
	if wrong != "" {
		c.errorf("%s", wrong)
		return false
	}
	return true
}

// preloadKind reads account JWTs by public key.
var preloadKind = &kind[map[string]string]{
	parse: func(c *cursor, v *syntax.Value) (map[string]string, bool) {
		if v.Kind != syntax.KindMap {
			c.errorf("preload should be a map of account_public_key:account_jwt")
			return nil, false
		}
		tokens := make(map[string]string)
		for _, e := range effective(v.Map) {
			switch {
			case e.UsedAsVariable && e.Value.Kind == syntax.KindString && !nkeys.IsValidPublicAccountKey(e.Key):
				continue
			case e.Value.Kind != syntax.KindString:
				c.decoder.errorf(e.KeyPos, "preload map value should be a string JWT")
				return nil, false
			}
			s, err := jwtauth.ParseStored(e.Value.Str)
			if err != nil || s.Key != e.Key {
				c.decoder.errorf(e.KeyPos, "invalid account JWT")
				return nil, false
			}
			tokens[e.Key] = e.Value.Str
		}
		return tokens, true
	},
	format: func(m map[string]string) string {
		return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	},
}
