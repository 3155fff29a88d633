package config

import (
	"fmt"
	"slices"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// calloutBlock delegates authentication to a service. Its rows are bound to a
// [Callout].
var calloutBlock = &Block{
	unknown: "Unknown field %q parsing authorization callout",
	Options: []Option{
		{Name: "issuer", Type: TypeString, Doc: "Public key of the account that signs the service's answers.", bind: bindCallout(calloutIssuerKind, func(c *Callout) *string { return &c.Issuer })},
		{Name: "account", Aliases: []string{"acc"}, Type: TypeString, Default: "$G", Doc: "The account that the service answers in.", bind: bindCallout(stringKind, func(c *Callout) *string { return &c.Account })},
		{Name: "auth_users", Aliases: []string{"users"}, Type: TypeStrings, Doc: "Names or public keys of users that the service is not asked about: its own.", bind: bindCallout(namesKind, func(c *Callout) *[]string { return &c.Users })},
		{Name: "xkey", Aliases: []string{"key"}, Type: TypeString, Doc: "Public curve key of the service: requests are sealed for it.", bind: bindCallout(calloutXKeyKind, func(c *Callout) *string { return &c.XKey })},
		{Name: "allowed_accounts", Type: TypeStrings, Doc: "Accounts whose users the service decides about, beside the global account; all if left out.", bind: bindCallout(namesKind, func(c *Callout) *[]string { return &c.Accounts })},
	},
}

func bindCallout[V any](k *kind[V], ptr func(*Callout) *V) binding { return field[Callout, V]{k, ptr} }

// calloutIssuerKind reads the key of the account that signs.
var calloutIssuerKind = &kind[string]{
	parse: func(c *cursor, v *syntax.Value) (string, bool) {
		if v.Kind != syntax.KindString || !nkeys.IsValidPublicAccountKey(v.Str) {
			c.errorf("Expected callout user to be a valid public account nkey, got %q", shown(v))
			return "", false
		}
		return v.Str, true
	},
}

// calloutXKeyKind reads the key that requests are sealed for.
var calloutXKeyKind = &kind[string]{
	parse: func(c *cursor, v *syntax.Value) (string, bool) {
		if v.Kind != syntax.KindString || !nkeys.IsValidPublicCurveKey(v.Str) {
			c.errorf("Expected callout xkey to be a valid public xkey, got %q", shown(v))
			return "", false
		}
		return v.Str, true
	},
}

// namesKind reads a list of names.
var namesKind = &kind[[]string]{
	parse: func(c *cursor, v *syntax.Value) ([]string, bool) {
		if v.Kind != syntax.KindArray {
			c.errorf("Expected %s field to be an array, got %s", c.key, goType(v))
			return nil, false
		}
		var names []string
		for _, item := range v.Array {
			if item.Kind != syntax.KindString {
				c.errorf("Expected %s to be strings, got %s", c.key, goType(item))
				return nil, false
			}
			names = append(names, item.Str)
		}
		return names, true
	},
}

// calloutBinding binds the block to Authorization.Callout.
type calloutBinding struct{}

func (calloutBinding) decode(c *cursor, target any, v *syntax.Value) {
	if v.Kind != syntax.KindMap {
		c.errorf("Expected authorization callout to be a map/struct, got %s", goType(v))
		return
	}
	before := len(c.problems)
	callout := new(Callout)
	c.decodeMap(calloutBlock, v.Map, callout)
	switch {
	case len(c.problems) > before:
		return
	case callout.Issuer == "":
		c.errorf("Authorization callouts require an issuer to be specified")
	case len(callout.Users) == 0:
		c.errorf("Authorization callouts require authorized users to be specified")
	}
	target.(*Authorization).Callout = callout
}

func (calloutBinding) text(target any) string {
	if target.(*Authorization).Callout == nil {
		return ""
	}
	return "enabled"
}

func (calloutBinding) check(*Option, any) string { return "" }

// checkCallout reports accounts that are not there.
func (o *Options) checkCallout(r *report) {
	c := o.Authorization.Callout
	if c == nil {
		return
	}
	for _, name := range c.Accounts {
		if name != globalAccount && o.account(name) == nil {
			r.errorf(syntax.Pos{}, "auth_callout allowed account %q not found in configured accounts", name)
		}
	}
}

// proxiesBlock is which proxies are trusted. Its rows are bound to [Proxies].
var proxiesBlock = &Block{Options: []Option{{
	Name: "trusted", Type: TypeSections, Block: trustedProxyBlock, Doc: "The proxies.",
	bind: list[Proxies, Proxy]{
		block: trustedProxyBlock, ptr: func(p *Proxies) *[]Proxy { return &p.Trusted },
		wrong: func(v *syntax.Value) string {
			return "expected proxies' trusted field to be an array, got " + goType(v)
		},
		wrongItem: func(v *syntax.Value) string {
			return "expected proxies' trusted entry to be a map/struct, got " + goType(v)
		},
	},
}}}

// trustedProxyBlock is one of them. Its rows are bound to a [Proxy].
var trustedProxyBlock = &Block{Options: []Option{{
	Name: "key", Aliases: []string{"public_key"}, Type: TypeString, Doc: "Its public key, of any kind.",
	bind: field[Proxy, string]{proxyKeyKind, func(p *Proxy) *string { return &p.Key }},
}}}

// proxyKeyKind reads a public key of any kind.
var proxyKeyKind = &kind[string]{
	parse: func(c *cursor, v *syntax.Value) (string, bool) {
		if v.Kind != syntax.KindString || !nkeys.IsValidPublicKey(v.Str) {
			c.errorf("invalid proxy key %q", shown(v))
			return "", false
		}
		return v.Str, true
	},
}

// proxiesBinding binds the block to Options.Proxies.
type proxiesBinding struct{}

func (proxiesBinding) decode(c *cursor, target any, v *syntax.Value) {
	if v.Kind != syntax.KindMap {
		c.errorf("expected proxies to be a map/struct, got %s", goType(v))
		return
	}
	c.decodeMap(proxiesBlock, v.Map, &target.(*Options).Proxies)
}

func (proxiesBinding) text(target any) string {
	return fmt.Sprintf("%q", target.(*Options).Proxies.Keys())
}

func (proxiesBinding) check(*Option, any) string { return "" }

// diff names the keys that went and those that came.
func (proxiesBinding) diff(old, new any) ([]Change, error) {
	was, is := old.(*Options).Proxies.Keys(), new.(*Options).Proxies.Keys()
	var changes []Change
	add := func(keys, others []string, what string) {
		var some []string
		for _, key := range keys {
			if !slices.Contains(others, key) {
				some = append(some, key)
			}
		}
		if len(some) > 0 {
			changes = append(changes, Change{
				Name: "proxies", Old: fmt.Sprint(was), New: fmt.Sprint(is),
				line: fmt.Sprintf("Reloaded: proxies trusted keys %q %s", some, what),
			})
		}
	}
	add(was, is, "were removed")
	add(is, was, "were added")
	return changes, nil
}
