package config

import (
	"math"
	"time"
)

// jetStreamOptions are persistence.
func jetStreamOptions() []Option {
	return []Option{
		{
			Name: "jetstream", Type: TypeMixed, Default: "false", Feature: FeatureJetStream, Block: jetStreamBlock, off: jetStreamOff,
			label: "JetStream",
			Doc:   "Streams and what is built on them: true, false, enabled, disabled, or a block.",
			bind:  jetStreamBinding{},
		},
		{
			Name: "store_dir", Aliases: []string{"storedir"}, Type: TypeFile, Feature: FeatureJetStream, label: "StoreDir",
			Doc:  "Directory for the data of streams, in which a directory jetstream is made.",
			bind: bind(stringKind, func(o *Options) *string { return &o.StoreDir }),
		},
		{
			Name: "default_js_domain", Type: TypeNames, Feature: FeatureJetStreamLinks, label: "JsAccDefaultDomain",
			Doc: "Accounts with the JetStream domain that their requests go to.",
		},
	}
}

// jetStreamBlock is the inside of jetstream.
var jetStreamBlock = &Block{Options: append(jetStreamRows(), jetStreamLater()...)}

func jetStreamRows() []Option {
	return []Option{
		{
			Name: "enabled", Aliases: []string{"enable"}, Type: TypeBool, Default: "true",
			Doc:  "Whether there are streams.",
			bind: bindJS(boolKind, func(j *JetStream) *bool { return &j.Enabled }),
		},
		{
			Name: "store_dir", Aliases: []string{"storedir", "store"}, Type: TypeFile,
			Doc:  "Directory for the data of streams, in which a directory jetstream is made.",
			bind: bindJS(stringKind, func(j *JetStream) *string { return &j.StoreDir }),
		},
		{
			Name: "sync_interval", Aliases: []string{"sync"}, Type: TypeMixed, Default: "always",
			Doc: "How often data is synced to the disk: always, which does so before anything is acknowledged, or a duration, " +
				"of which a power cut may lose everything.",
			bind: bindJS(syncKind, func(j *JetStream) *time.Duration { return &j.Sync }),
		},
		{
			Name: "max_memory_store", Aliases: []string{"max_mem_store", "max_mem"}, Type: TypeSize, Max: math.MaxInt64,
			Doc:  "Memory for streams, in bytes; by default there is no limit.",
			bind: bindJS(sizeKind, func(j *JetStream) *int64 { return &j.MaxMemory }),
		},
		{
			Name: "max_file_store", Aliases: []string{"max_file"}, Type: TypeSize, Max: math.MaxInt64,
			Doc:  "Disk space for streams, in bytes; by default there is no limit but the disk.",
			bind: bindJS(sizeKind, func(j *JetStream) *int64 { return &j.MaxFile }),
		},
		{
			Name: "domain", Type: TypeString,
			Doc:  "Domain of this server's streams.",
			bind: bindJS(stringKind, func(j *JetStream) *string { return &j.Domain }),
		},
		{
			Name: "strict", Type: TypeBool, Default: "true",
			Doc:  "Whether requests with fields that nobody knows are refused.",
			bind: bindJS(notKind, func(j *JetStream) *bool { return &j.Lenient }),
		},
		{
			Name: "max_buffered_msgs", Type: TypeInteger, Default: "100000",
			Doc:  "Messages that may wait to be stored, per stream; more are refused.",
			bind: bindJS(intKind, func(j *JetStream) *int { return &j.MaxBufferedMsgs }),
		},
		{
			Name: "max_buffered_size", Type: TypeSize, Default: "128MB", Max: math.MaxInt64,
			Doc:  "Bytes that may wait to be stored, per stream; more are refused.",
			bind: bindJS(sizeKind, func(j *JetStream) *int64 { return &j.MaxBufferedSize }),
		},
		{
			Name: "limits", Type: TypeSection, Block: jetStreamLimitsBlock,
			Doc: "Limits for every account.",
			bind: section[JetStream, JetStreamLimits]{
				jetStreamLimitsBlock, func(j *JetStream) *JetStreamLimits { return &j.Limits }, "Expected a map to define JetStreamLimits, got %s",
			},
		},
	}
}

// jetStreamLimitsBlock are the limits for every account.
var jetStreamLimitsBlock = &Block{Options: append([]Option{
	{
		Name: "max_ack_pending", Type: TypeInteger, Min: -1, Max: math.MaxInt32,
		Doc:  "Most messages that a consumer may have out without an acknowledgement.",
		bind: bindJSLimit(intKind, func(l *JetStreamLimits) *int { return &l.MaxAckPending }),
	},
	{
		Name: "max_request_batch", Type: TypeInteger,
		Doc:  "Most messages that may be asked for in one pull request.",
		bind: bindJSLimit(intKind, func(l *JetStreamLimits) *int { return &l.MaxRequestBatch }),
	},
	{
		Name: "duplicate_window", Type: TypeDuration,
		Doc:  "Longest time for which a stream may remember message ids.",
		bind: bindJSLimit(durationKind, func(l *JetStreamLimits) *time.Duration { return &l.DuplicateWindow }),
	},
	{
		Name: "default_max_consumers", Type: TypeInteger, Default: "1000", Min: -1, Max: math.MaxInt32,
		Doc:  "Most consumers of a stream that has no limit of its own; -1 for no limit.",
		bind: bindJSLimit(intKind, func(l *JetStreamLimits) *int { return &l.DefaultMaxConsumers }),
	},
}, later(subOptions(
	sub(TypeInteger, "max_ha_assets"),
	subBlock(&Block{Options: subOptions(
		sub(TypeInteger, "max_inflight_per_stream"), sub(TypeInteger, "max_inflight_total"), sub(TypeInteger, "max_msgs"),
		sub(TypeDuration, "timeout"),
	)}, "batch"),
))...)}

// jetStreamLater are the rows that wait for clusters, links and encryption.
func jetStreamLater() []Option {
	return later(subOptions(
		secret(sub(TypeString, "encryption_key", "key", "ek")), secret(sub(TypeString, "prev_encryption_key", "prev_key", "prev_ek")),
		sub(TypeString, "cipher"), sub(TypeString, "extension_hint"),
		subBlock(&Block{Options: subOptions(
			sub(TypeFile, "keys_file"), secret(sub(TypeString, "encryption_password")), secret(sub(TypeString, "srk_password")),
			sub(TypeInteger, "pcr"), sub(TypeString, "cipher"),
		)}, "tpm"),
		sub(TypeString, "unique_tag"), sub(TypeSize, "max_outstanding_catchup"),
		sub(TypeInteger, "request_queue_limit"), sub(TypeInteger, "info_queue_limit"),
		sub(TypeInteger, "meta_compact"), sub(TypeSize, "meta_compact_size"), sub(TypeMixed, "meta_compact_sync"),
		sub(TypeInteger, "max_concurrent_io"),
	))
}

// later makes rows ones that this version does not have yet.
func later(rows subs) []Option {
	for i := range rows {
		rows[i].Feature = FeatureJetStreamLinks
	}
	return rows
}

// accountJetStreamBlock is what an account may use of JetStream.
var accountJetStreamBlock = &Block{Options: append([]Option{
	{
		Name: "max_memory", Aliases: []string{"max_mem", "mem", "memory"}, Type: TypeSize, Min: -1, Max: math.MaxInt64,
		Doc:  "Memory for streams, in bytes; -1 for no limit.",
		bind: bindAJS(sizeKind, func(a *AccountJetStream) *int64 { return &a.MaxMemory }),
	},
	{
		Name: "max_store", Aliases: []string{"max_file", "max_disk", "store", "disk"}, Type: TypeSize, Min: -1, Max: math.MaxInt64,
		Doc:  "Disk space for streams, in bytes; -1 for no limit.",
		bind: bindAJS(sizeKind, func(a *AccountJetStream) *int64 { return &a.MaxStore }),
	},
	{
		Name: "max_streams", Aliases: []string{"streams"}, Type: TypeInteger, Min: -1, Max: math.MaxInt32,
		Doc:  "Number of streams; -1 for no limit.",
		bind: bindAJS(intKind, func(a *AccountJetStream) *int { return &a.MaxStreams }),
	},
	{
		Name: "max_consumers", Aliases: []string{"consumers"}, Type: TypeInteger, Min: -1, Max: math.MaxInt32,
		Doc:  "Number of consumers of a stream; -1 for no limit.",
		bind: bindAJS(intKind, func(a *AccountJetStream) *int { return &a.MaxConsumers }),
	},
	{
		Name: "max_bytes_required", Aliases: []string{"max_stream_bytes", "max_bytes"}, Type: TypeBool, Default: "false",
		Doc:  "Whether streams have to have a limit on their size.",
		bind: bindAJS(boolKind, func(a *AccountJetStream) *bool { return &a.MaxBytesRequired }),
	},
	{
		Name: "mem_max_stream_bytes", Aliases: []string{"memory_max_stream_bytes"}, Type: TypeSize, Min: -1, Max: math.MaxInt64,
		Doc:  "Largest size of a stream in memory, in bytes; -1 for no limit.",
		bind: bindAJS(sizeKind, func(a *AccountJetStream) *int64 { return &a.MemMaxStreamBytes }),
	},
	{
		Name: "disk_max_stream_bytes", Aliases: []string{"store_max_stream_bytes"}, Type: TypeSize, Min: -1, Max: math.MaxInt64,
		Doc:  "Largest size of a stream in files, in bytes; -1 for no limit.",
		bind: bindAJS(sizeKind, func(a *AccountJetStream) *int64 { return &a.DiskMaxStreamBytes }),
	},
	{
		Name: "max_ack_pending", Type: TypeInteger, Min: -1, Max: math.MaxInt32,
		Doc:  "Most messages that a consumer may have out without an acknowledgement; -1 for no limit.",
		bind: bindAJS(intKind, func(a *AccountJetStream) *int { return &a.MaxAckPending }),
	},
}, later(sub(TypeString, "cluster_traffic"))...)}
