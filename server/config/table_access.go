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
			Name: "proxies", Type: TypeSection, Reload: Live, Feature: FeatureProxies, Block: proxiesBlock,
			Doc:  "Proxies whose word about their clients is taken.",
			bind: proxiesBinding{},
		},
	}
}
