package config

// accessOptions are accounts, users and who vouches for them.
func accessOptions() []Option {
	return []Option{
		{
			Name: "authorization", Type: TypeSection, Reload: Live, Feature: FeatureAuth, Block: authorizationBlock,
			Doc: "Users, passwords and tokens of the global account, with their permissions.",
		},
		{
			Name: "accounts", Type: TypeSection, Reload: Live, Feature: FeatureAccounts, Block: accountsBlock,
			Doc: "Accounts by name, each with its users, imports, exports and limits.",
		},
		{
			Name: "no_auth_user", Type: TypeString, Feature: FeatureAuth, label: "NoAuthUser",
			Doc: "The user of clients that present no credentials.",
		},
		{
			Name: "system_account", Aliases: []string{"system"}, Type: TypeString, Default: "$SYS", Feature: FeatureAccounts,
			label: "SystemAccount", off: offWord("$SYS"),
			Doc: "The account that carries the server's own messages.",
		},
		{
			Name: "no_system_account", Aliases: []string{"no_system", "no_sys_acc"}, Type: TypeBool, Default: "false",
			Feature: FeatureAccounts, label: "NoSystemAccount",
			Doc: "Run without a system account.",
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

// authorizationBlock is the inside of authorization.
var authorizationBlock = &Block{Options: subOptions(
	sub(TypeString, "user", "username"), secret(sub(TypeString, "password", "pass")), secret(sub(TypeString, "token")),
	sub(TypeSeconds, "timeout"), subBlock(userBlock, "users"),
	subBlock(permissionsBlock, "default_permissions", "default_permission", "permissions"),
	subBlock(calloutBlock, "auth_callout", "auth_hook"), sub(TypeBool, "proxy_required"),
)}

// userBlock is one element of a users array.
var userBlock = &Block{Options: subOptions(
	sub(TypeString, "user", "username"), secret(sub(TypeString, "password", "pass")), sub(TypeString, "nkey"),
	subBlock(permissionsBlock, "permissions", "permission", "authorization"),
	sub(TypeStrings, "allowed_connection_types", "connection_types", "clients"), sub(TypeBool, "proxy_required"),
)}

// permissionsBlock is what a user may do.
var permissionsBlock = &Block{
	unknown: "Unknown field %q parsing permissions",
	Options: subOptions(
		subBlock(subjectsBlock, "publish", "pub", "import"), subBlock(subjectsBlock, "subscribe", "sub", "export"),
		subBlock(&Block{Options: subOptions(
			sub(TypeInteger, "max", "max_msgs", "max_messages", "max_responses"), sub(TypeDuration, "expires", "expiration", "ttl"),
		)}, "publish_allow_responses", "allow_responses"),
	),
}

// subjectsBlock is which subjects a permission is about.
var subjectsBlock = &Block{
	unknown: "Unknown field name %q parsing subject permissions, only 'allow' or 'deny' are permitted",
	Options: subOptions(sub(TypeStrings, "allow"), sub(TypeStrings, "deny")),
}

// calloutBlock delegates authentication to a service.
var calloutBlock = &Block{Options: subOptions(
	sub(TypeString, "issuer"), sub(TypeString, "account", "acc"), sub(TypeStrings, "auth_users", "users"),
	secret(sub(TypeString, "xkey", "key")), sub(TypeStrings, "allowed_accounts"),
)}

// accountsBlock holds accounts by name.
var accountsBlock = &Block{Named: &Option{Name: "NAME", Type: TypeSection, Block: accountBlock}}

// accountBlock is one account.
var accountBlock = &Block{Options: subOptions(
	sub(TypeString, "nkey"), subBlock(userBlock, "users"), subBlock(importBlock, "imports"), subBlock(exportBlock, "exports"),
	subBlock(accountJetStreamBlock, "jetstream"), subBlock(permissionsBlock, "default_permissions"),
	sub(TypeMixed, "mappings", "maps"),
	subBlock(&Block{Options: subOptions(
		sub(TypeInteger, "max_connections", "max_conn"), sub(TypeInteger, "max_subscriptions", "max_subs"),
		sub(TypeSize, "max_payload", "max_pay"), sub(TypeInteger, "max_leafnodes", "max_leafs"),
	)}, "limits"),
	subBlock(&Block{Options: subOptions(sub(TypeString, "dest"), sub(TypeMixed, "sampling"))}, "msg_trace", "trace_dest"),
)}

// accountSubjectBlock names a subject of another account.
var accountSubjectBlock = &Block{Options: subOptions(sub(TypeString, "account"), sub(TypeString, "subject"))}

// importBlock is one element of an imports array.
var importBlock = &Block{Options: subOptions(
	subBlock(accountSubjectBlock, "stream"), subBlock(accountSubjectBlock, "service"), sub(TypeString, "prefix"),
	sub(TypeString, "to"), sub(TypeBool, "share"), sub(TypeBool, "allow_trace"),
)}

// exportBlock is one element of an exports array.
var exportBlock = &Block{Options: subOptions(
	sub(TypeString, "stream"), sub(TypeString, "service"), sub(TypeStrings, "accounts"),
	sub(TypeString, "response_type", "response"),
	sub(TypeDuration, "response_threshold", "threshold", "response_max_time", "response_time"),
	subBlock(&Block{Options: subOptions(sub(TypeMixed, "sampling"), sub(TypeString, "subject"))}, "latency"),
	sub(TypeInteger, "account_token_position"), sub(TypeBool, "allow_trace"),
)}

// accountJetStreamBlock is what an account may use of JetStream.
var accountJetStreamBlock = &Block{Options: subOptions(
	sub(TypeSize, "max_memory", "max_mem", "mem", "memory"), sub(TypeSize, "max_store", "max_file", "max_disk", "store", "disk"),
	sub(TypeInteger, "max_streams", "streams"), sub(TypeInteger, "max_consumers", "consumers"),
	sub(TypeBool, "max_bytes_required", "max_stream_bytes", "max_bytes"),
	sub(TypeSize, "mem_max_stream_bytes", "memory_max_stream_bytes"), sub(TypeSize, "disk_max_stream_bytes", "store_max_stream_bytes"),
	sub(TypeInteger, "max_ack_pending"), sub(TypeString, "cluster_traffic"),
)}
