package config

// clusterOptions are links to other servers, and listeners for other protocols.
func clusterOptions() []Option {
	return []Option{
		{
			Name: "cluster", Type: TypeSection, Feature: FeatureCluster, Reload: Live, Block: clusterBlock,
			Doc: "Routes to the other servers of a cluster.",
		},
		{
			Name: "gateway", Type: TypeSection, Feature: FeatureGateways, Block: gatewayBlock,
			Doc: "Links to other clusters.",
		},
		{
			Name: "leafnodes", Aliases: []string{"leaf"}, Type: TypeSection, Feature: FeatureLeafnodes, Block: leafnodesBlock,
			Doc: "Links that extend a server by another one, in both directions.",
		},
		webSocketOption(),
		{
			Name: "mqtt", Type: TypeSection, Feature: FeatureMQTT, Block: mqttBlock,
			Doc: "A listener for MQTT clients.",
		},
	}
}

// loginBlock replaces the users for clients of another protocol.
var loginBlock = &Block{Options: subOptions(
	sub(TypeString, "user", "username"), secret(sub(TypeString, "password", "pass")), secret(sub(TypeString, "token")),
	sub(TypeSeconds, "timeout"),
)}

// linkAuthBlock lets other servers in.
var linkAuthBlock = &Block{Options: subOptions(
	sub(TypeString, "user", "username"), secret(sub(TypeString, "password", "pass")), secret(sub(TypeString, "token")),
	sub(TypeSeconds, "timeout"), subBlock(userBlock, "users"),
	subBlock(permissionsBlock, "permissions", "default_permissions", "default_permission"),
	subBlock(calloutBlock, "auth_callout", "auth_hook"), sub(TypeBool, "proxy_required"),
)}

// compressionBlock is the long form of compression.
var compressionBlock = &Block{Options: subOptions(
	sub(TypeString, "mode"), sub(TypeStrings, "rtt_thresholds", "thresholds", "rtts", "rtt"),
)}

var clusterBlock = &Block{Options: subOptions(
	sub(TypeString, "name"), subListen(), subBlock(linkAuthBlock, "authorization"), subBlock(permissionsBlock, "permissions"),
	secret(sub(TypeStrings, "routes")), subTLS(), sub(TypeString, "advertise", "cluster_advertise"), sub(TypeBool, "no_advertise"),
	sub(TypeInteger, "connect_retries"), sub(TypeBool, "connect_backoff"), sub(TypeInteger, "pool_size"), sub(TypeStrings, "accounts"),
	subBlock(compressionBlock, "compression"), sub(TypeDuration, "ping_interval"), sub(TypeInteger, "ping_max"), subWrite(),
)}

var gatewayBlock = &Block{Options: subOptions(
	sub(TypeString, "name"), subListen(), subBlock(linkAuthBlock, "authorization"), subTLS(), sub(TypeString, "advertise"),
	sub(TypeInteger, "connect_retries"), sub(TypeBool, "connect_backoff"), sub(TypeBool, "reject_unknown", "reject_unknown_cluster"),
	subBlock(&Block{Options: subOptions(
		sub(TypeString, "name"), secret(sub(TypeString, "url")), secret(sub(TypeStrings, "urls")), subTLS(),
	)}, "gateways"),
	subWrite(),
)}

var leafnodesBlock = &Block{Options: subOptions(
	subListen(),
	subBlock(&Block{Options: subOptions(
		sub(TypeString, "user", "username"), secret(sub(TypeString, "password", "pass")), sub(TypeString, "nkey"),
		sub(TypeSeconds, "timeout"), sub(TypeString, "account"), sub(TypeBool, "proxy_required"),
		subBlock(&Block{Options: subOptions(
			sub(TypeString, "user", "username"), secret(sub(TypeString, "password", "pass")), sub(TypeString, "account"),
			sub(TypeBool, "proxy_required"),
		)}, "users"),
	)}, "authorization"),
	subBlock(remoteBlock, "remotes"), sub(TypeDuration, "reconnect", "reconnect_delay", "reconnect_interval"),
	sub(TypeDuration, "dial_timeout"), subTLS(), sub(TypeString, "advertise", "leafnode_advertise"), sub(TypeBool, "no_advertise"),
	sub(TypeString, "min_version", "minimum_version"), subBlock(compressionBlock, "compression"),
	sub(TypeBool, "isolate_leafnode_interest", "isolate"), subWrite(),
)}

// remoteBlock is one element of leafnodes.remotes.
var remoteBlock = &Block{Options: subOptions(
	secret(sub(TypeString, "url")), secret(sub(TypeStrings, "urls")), sub(TypeBool, "no_randomize", "dont_randomize"),
	sub(TypeString, "account", "local"), sub(TypeFile, "credentials", "creds"), secret(sub(TypeString, "nkey", "seed")), subTLS(),
	sub(TypeBool, "hub"), sub(TypeStrings, "deny_imports", "deny_import"), sub(TypeStrings, "deny_exports", "deny_export"),
	sub(TypeBool, "ws_compression", "ws_compress", "websocket_compress", "websocket_compression"),
	sub(TypeBool, "ws_no_masking", "websocket_no_masking"),
	subBlock(&Block{Options: subOptions(sub(TypeDuration, "leader_migrate_delay"))}, "jetstream_cluster_migrate", "js_cluster_migrate"),
	sub(TypeBool, "isolate_leafnode_interest", "isolate"), sub(TypeBool, "request_isolation"),
	subBlock(compressionBlock, "compression"), sub(TypeDuration, "first_info_timeout"), sub(TypeDuration, "dial_timeout"),
	sub(TypeBool, "disabled"), sub(TypeBool, "ignore_discovered_servers"),
	subBlock(&Block{Options: subOptions(
		sub(TypeString, "url"), sub(TypeString, "username"), secret(sub(TypeString, "password")), sub(TypeDuration, "timeout"),
	)}, "proxy"),
)}

var mqttBlock = &Block{Options: subOptions(
	subListen(), subTLS(), subBlock(loginBlock, "authorization", "authentication"), sub(TypeString, "no_auth_user"),
	sub(TypeDuration, "ack_wait", "ackwait"), sub(TypeDuration, "js_api_timeout", "api_timeout"),
	sub(TypeInteger, "max_ack_pending", "max_pending", "max_inflight"), sub(TypeString, "js_domain"),
	sub(TypeInteger, "stream_replicas"), sub(TypeInteger, "consumer_replicas"), sub(TypeBool, "consumer_memory_storage"),
	sub(TypeDuration, "consumer_inactive_threshold", "consumer_auto_cleanup"), sub(TypeBool, "reject_qos2_publish"),
	sub(TypeBool, "downgrade_qos2_subscribe"),
)}
