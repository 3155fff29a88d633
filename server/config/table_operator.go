package config

import "time"

// operatorOptions are accounts and users that operators vouch for.
func operatorOptions() []Option {
	return []Option{
		{
			Name: "operator", Aliases: []string{"operators", "root", "roots", "root_operator", "root_operators"},
			Type: TypeStrings, Feature: FeatureOperator, label: "TrustedOperators",
			Doc:  "Operator JWTs, or files with them, whose accounts the server trusts.",
			bind: bindOperators(operatorsKind, func(o *Operators) *operatorList { return &o.Trusted }),
		},
		{
			Name: "trusted_keys", Aliases: []string{"trusted"}, Type: TypeStrings, Feature: FeatureOperator, label: "TrustedKeys",
			Doc:  "Public keys of operators whose accounts the server trusts, instead of their JWTs.",
			bind: bindOperators(trustedKeysKind, func(o *Operators) *[]string { return &o.Keys }),
		},
		{
			Name: "resolver", Aliases: []string{"account_resolver", "accounts_resolver"}, Type: TypeMixed,
			Feature: FeatureOperator, label: "AccountResolver", Block: resolverBlock,
			Doc:  "Where account JWTs come from: MEMORY, URL(address), or a block.",
			bind: bindOperators(resolverKind, func(o *Operators) *Resolver { return &o.Resolver }),
		},
		{
			Name: "resolver_tls", Type: TypeSection, Reload: Unwatched, Feature: FeatureOperator, Block: tlsBlock,
			Doc:  "TLS for the connection to a URL resolver.",
			bind: tlsBinding[Options]{ptr: func(o *Options) **TLS { return &o.Operators.Resolver.TLS }, compare: sameTLS},
		},
		{
			Name: "resolver_preload", Type: TypeNames, Reload: Unwatched, Feature: FeatureOperator,
			Doc:  "Account JWTs by public key. A directory takes those in that are newer than its own.",
			bind: bindOperators(preloadKind, func(o *Operators) *map[string]string { return &o.Preload }),
		},
		{
			Name: "resolver_pinned_accounts", Type: TypeStrings, Reload: Live, Feature: FeatureOperator,
			Doc:  "Public keys of the accounts that are let in; all if there are none. The system account always is.",
			bind: bindOperators(pinnedAccountsKind, func(o *Operators) *[]string { return &o.Pinned }),
		},
		{
			Name: "default_sentinel", Type: TypeString, Reload: Live, Secret: true, Feature: FeatureOperator,
			Doc:  "The user JWT of clients that present none.",
			bind: bindOperators(stringKind, func(o *Operators) *string { return &o.DefaultSentinel }),
		},
	}
}

func bindOperators[V any](k *kind[V], ptr func(*Operators) *V) binding {
	return bind(k, func(o *Options) *V { return ptr(&o.Operators) })
}

// sameTLS is for options that a reload does not look at.
func sameTLS(_, _ *TLS) ([]Change, error) { return nil, nil }

// resolverBlock is a resolver with a directory. Its rows are bound to a
// [Resolver].
var resolverBlock = &Block{Options: []Option{
	{Name: "type", Type: TypeString, Doc: "full: all accounts, shared with other servers; cache: those that are used here.", bind: bindResolver(resolverTypeKind, func(r *Resolver) *ResolverType { return &r.Type })},
	{Name: "dir", Type: TypeFile, Doc: "The directory that the JWTs are kept in, one file for each account.", bind: bindResolver(stringKind, func(r *Resolver) *string { return &r.Dir })},
	{Name: "allow_delete", Type: TypeBool, Doc: "Let operators delete accounts, of a full resolver.", bind: bindResolver(boolKind, func(r *Resolver) *bool { return &r.AllowDelete })},
	{Name: "hard_delete", Type: TypeBool, Doc: "Remove the files of deleted accounts, which otherwise get another name.", bind: bindResolver(boolKind, func(r *Resolver) *bool { return &r.HardDelete })},
	{Name: "limit", Type: TypeInteger, Doc: "How many accounts are kept: any number, or 1000 for a cache.", bind: bindResolver(intKind, func(r *Resolver) *int { return &r.Limit })},
	{Name: "ttl", Type: TypeDuration, Doc: "How long a cached JWT is good; as long as it says if left out.", bind: bindResolver(durationKind, func(r *Resolver) *time.Duration { return &r.TTL })},
	{Name: "interval", Type: TypeDuration, Default: "1m", Doc: "How often a full resolver is compared with those of other servers.", bind: bindResolver(durationKind, func(r *Resolver) *time.Duration { return &r.Interval })},
	{Name: "timeout", Type: TypeDuration, Default: "1.9s", Doc: "How long fetching an account from other servers may take.", bind: bindResolver(durationKind, func(r *Resolver) *time.Duration { return &r.Timeout })},
}}

func bindResolver[V any](k *kind[V], ptr func(*Resolver) *V) binding {
	return field[Resolver, V]{k, ptr}
}
