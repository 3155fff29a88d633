package config

// accessOptions are accounts, users and who vouches for them.
func accessOptions() []Option {
	return []Option{
		{
			Name: "authorization", Type: TypeSection, Reload: Live, Feature: FeatureAuth, Block: authorizationBlock,
			Doc:      "Users, passwords and tokens of the global account, with their permissions.",
			announce: func(_, _ string) string { return "Reloaded: authorization users" },
			bind:     authorizationBinding{},
		},
		{
			Name: "accounts", Type: TypeSection, Reload: Live, Feature: FeatureAccounts, Block: accountsBlock,
			Doc:      "Accounts by name, each with its users, imports, exports and limits.",
			announce: func(_, _ string) string { return "Reloaded: accounts" },
			bind:     accountsBinding{},
		},
		{
			Name: "no_auth_user", Type: TypeString, Feature: FeatureAuth, label: "NoAuthUser",
			Doc:  "The user of clients that present no credentials.",
			bind: bind(stringKind, func(o *Options) *string { return &o.NoAuthUser }),
		},
		{
			Name: "system_account", Aliases: []string{"system"}, Type: TypeString, Default: "$SYS", Feature: FeatureSystem,
			label: "SystemAccount",
			Doc:   "The account that carries the server's own messages.",
			bind:  bind(stringKind, func(o *Options) *string { return &o.SystemAccount }),
		},
		{
			Name: "no_system_account", Aliases: []string{"no_system", "no_sys_acc"}, Type: TypeBool, Default: "false",
			Feature: FeatureSystem, label: "NoSystemAccount",
			Doc:  "Run without a system account.",
			bind: bind(boolKind, func(o *Options) *bool { return &o.NoSystemAccount }),
		},
		{
			Name: "operator", Aliases: []string{"operators", "root", "roots", "root_operator", "root_operators"},
			Type: TypeStrings, Feature: FeatureOperator, label: "TrustedOperators", off: neverOff,
			Doc: "Operator JWTs, or files with them, whose accounts the server trusts.",
		},
		{
			Name: "resolver", Aliases: []string{"account_resolver", "accounts_resolver"}, Type: TypeMixed, Reload: Live,
			Feature: FeatureOperator, off: neverOff,
			Doc: "Where account JWTs come from: MEMORY, URL(address), or a block.",
			Block: &Block{Options: subOptions(
				sub(TypeString, "type"), sub(TypeFile, "dir"), sub(TypeInteger, "limit"), sub(TypeDuration, "ttl"),
				sub(TypeDuration, "interval"), sub(TypeDuration, "timeout"), sub(TypeBool, "allow_delete"), sub(TypeBool, "hard_delete"),
			)},
		},
		{
			Name: "resolver_tls", Type: TypeSection, Reload: Live, Feature: FeatureOperator, Block: tlsBlock,
			Doc: "TLS for the connection to a URL resolver.",
		},
		{
			Name: "resolver_preload", Type: TypeNames, Reload: Unwatched, Feature: FeatureOperator,
			Doc: "Account JWTs by public key, for the memory resolver.",
		},
		{
			Name: "resolver_pinned_accounts", Type: TypeStrings, Reload: Unwatched, Feature: FeatureOperator,
			Doc: "Accounts that a resolver never lets go.",
		},
		{
			Name: "trusted_keys", Aliases: []string{"trusted"}, Type: TypeStrings, Feature: FeatureOperator, label: "TrustedKeys",
			off: neverOff,
			Doc: "Public keys of operators whose accounts the server trusts.",
		},
		{
			Name: "default_sentinel", Type: TypeString, Reload: Live, Feature: FeatureOperator,
			Doc: "The user JWT of clients that present none.",
		},
		{
			Name: "proxies", Type: TypeSection, Reload: Live, Feature: FeatureProxies,
			Doc: "Proxies whose word about their clients is taken.",
			Block: &Block{Options: subOptions(
				subBlock(&Block{Options: subOptions(sub(TypeString, "key", "public_key"))}, "trusted"),
			)},
		},
	}
}

// calloutBlock delegates authentication to a service.
var calloutBlock = &Block{Options: subOptions(
	sub(TypeString, "issuer"), sub(TypeString, "account", "acc"), sub(TypeStrings, "auth_users", "users"),
	secret(sub(TypeString, "xkey", "key")), sub(TypeStrings, "allowed_accounts"),
)}

// accountJetStreamBlock is what an account may use of JetStream.
var accountJetStreamBlock = &Block{Options: subOptions(
	sub(TypeSize, "max_memory", "max_mem", "mem", "memory"), sub(TypeSize, "max_store", "max_file", "max_disk", "store", "disk"),
	sub(TypeInteger, "max_streams", "streams"), sub(TypeInteger, "max_consumers", "consumers"),
	sub(TypeBool, "max_bytes_required", "max_stream_bytes", "max_bytes"),
	sub(TypeSize, "mem_max_stream_bytes", "memory_max_stream_bytes"), sub(TypeSize, "disk_max_stream_bytes", "store_max_stream_bytes"),
	sub(TypeInteger, "max_ack_pending"), sub(TypeString, "cluster_traffic"),
)}
