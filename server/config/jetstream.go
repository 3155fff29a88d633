package config

import "time"

// JetStream configures streams and what is built on them. Its zero value means that
// there are none.
type JetStream struct {
	Enabled  bool
	StoreDir string // empty: Options.StoreDir, or one for temporary files
	Domain   string

	// MaxMemory and MaxFile bound all streams, in bytes; 0 means no limit.
	MaxMemory int64
	MaxFile   int64
	// Sync is how often what was written is synced; 0 syncs before anything is
	// acknowledged.
	Sync time.Duration
	// Lenient lets requests have fields that nobody knows.
	Lenient bool

	MaxBufferedMsgs int   // of one stream that wait to be stored; 0 means 100,000
	MaxBufferedSize int64 // likewise in bytes; 0 means 128 MiB

	Limits JetStreamLimits
}

// Defaults of [JetStream].
const (
	DefaultMaxBufferedMsgs = 100_000
	DefaultMaxBufferedSize = 128 << 20
)

// JetStreamLimits are limits for every account; 0 is none.
type JetStreamLimits struct {
	MaxAckPending       int
	MaxRequestBatch     int
	DuplicateWindow     time.Duration
	DefaultMaxConsumers int // of a stream; 0 means 1000, negative no limit
}

// AccountJetStream is what an account may use of JetStream. -1 is no limit.
type AccountJetStream struct {
	Enabled            bool
	MaxMemory          int64
	MaxStore           int64
	MaxStreams         int
	MaxConsumers       int
	MaxAckPending      int
	MemMaxStreamBytes  int64
	DiskMaxStreamBytes int64
	MaxBytesRequired   bool
}

// noJetStreamLimits is an account that may use as much as it wants.
var noJetStreamLimits = AccountJetStream{
	Enabled: true, MaxMemory: -1, MaxStore: -1, MaxStreams: -1, MaxConsumers: -1, MaxAckPending: -1,
	MemMaxStreamBytes: -1, DiskMaxStreamBytes: -1,
}
