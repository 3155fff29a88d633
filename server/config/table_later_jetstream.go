package config

// jetStreamOptions are persistence.
func jetStreamOptions() []Option {
	return []Option{
		{
			Name: "jetstream", Type: TypeMixed, Default: "false", Feature: FeatureJetStream, Block: jetStreamBlock, off: jetStreamOff,
			Doc: "Streams and what is built on them: true, false, enabled, disabled, or a block.",
		},
		{
			Name: "store_dir", Aliases: []string{"storedir"}, Type: TypeFile, Feature: FeatureJetStream,
			Doc: "Directory for the data of streams.",
		},
		{
			Name: "default_js_domain", Type: TypeNames, Feature: FeatureJetStream, label: "JsAccDefaultDomain",
			Doc: "Accounts with the JetStream domain that their requests go to.",
		},
	}
}

var jetStreamBlock = &Block{Options: subOptions(
	sub(TypeBool, "enabled", "enable"), sub(TypeBool, "strict"), sub(TypeFile, "store_dir", "storedir", "store"),
	sub(TypeMixed, "sync_interval", "sync"), sub(TypeSize, "max_memory_store", "max_mem_store", "max_mem"),
	sub(TypeSize, "max_file_store", "max_file"), sub(TypeString, "domain"),
	secret(sub(TypeString, "encryption_key", "key", "ek")), secret(sub(TypeString, "prev_encryption_key", "prev_key", "prev_ek")),
	sub(TypeString, "cipher"), sub(TypeString, "extension_hint"), subBlock(jetStreamLimitsBlock, "limits"),
	subBlock(&Block{Options: subOptions(
		sub(TypeFile, "keys_file"), secret(sub(TypeString, "encryption_password")), secret(sub(TypeString, "srk_password")),
		sub(TypeInteger, "pcr"), sub(TypeString, "cipher"),
	)}, "tpm"),
	sub(TypeString, "unique_tag"), sub(TypeSize, "max_outstanding_catchup"), sub(TypeSize, "max_buffered_size"),
	sub(TypeInteger, "max_buffered_msgs"), sub(TypeInteger, "request_queue_limit"), sub(TypeInteger, "info_queue_limit"),
	sub(TypeInteger, "meta_compact"), sub(TypeSize, "meta_compact_size"), sub(TypeMixed, "meta_compact_sync"),
	sub(TypeInteger, "max_concurrent_io"),
)}

var jetStreamLimitsBlock = &Block{Options: subOptions(
	sub(TypeInteger, "max_ack_pending"), sub(TypeInteger, "max_ha_assets"), sub(TypeInteger, "max_request_batch"),
	sub(TypeDuration, "duplicate_window"),
	subBlock(&Block{Options: subOptions(
		sub(TypeInteger, "max_inflight_per_stream"), sub(TypeInteger, "max_inflight_total"), sub(TypeInteger, "max_msgs"),
		sub(TypeDuration, "timeout"),
	)}, "batch"),
)}
