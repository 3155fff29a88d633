package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestJetStreamOptions(t *testing.T) {
	t.Parallel()
	on := JetStream{Enabled: true}
	tests := []struct {
		text string
		want JetStream
	}{
		{`jetstream: true`, on},
		{`jetstream: enabled`, on},
		{`jetstream: Enable`, on},
		{`jetstream {}`, on},
		{`jetstream: false`, JetStream{}},
		{`jetstream: "Disable"`, JetStream{}},
		{`jetstream {enabled: false, store: x}`, JetStream{StoreDir: "x"}},
		{`jetstream {sync: "2m", max_mem: 1G, max_file: 2T, domain: HUB, strict: false, storedir: "/data"}`, JetStream{
			Enabled: true, StoreDir: "/data", Domain: "HUB", MaxMemory: 1e9, MaxFile: 2e12, Sync: 2 * time.Minute, Lenient: true,
		}},
		{`jetstream {sync_interval: always, max_buffered_msgs: 5, max_buffered_size: 1MB}`, JetStream{
			Enabled: true, MaxBufferedMsgs: 5, MaxBufferedSize: 1 << 20,
		}},
		{`jetstream {limits {max_ack_pending: 5, max_request_batch: 6, duplicate_window: "1m", default_max_consumers: -1}}`, JetStream{
			Enabled: true, Limits: JetStreamLimits{MaxAckPending: 5, MaxRequestBatch: 6, DuplicateWindow: time.Minute, DefaultMaxConsumers: -1},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := parseOptions(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got.JetStream); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestJetStreamMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{`jetstream: maybe`, `c.conf:1:0: jetstream: Expected 'enabled' or 'disabled' for string value, got 'maybe'`},
		{`jetstream {stor_dir: x}`, `c.conf:1:11: unknown field "stor_dir", did you mean "store_dir"?`},
		{`accounts {A {jetstream: 5}}`, `c.conf:1:13: jetstream: Expected 'enabled' or 'disabled' for string value, got 'int64'`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			_, err := parseOptions(tt.text)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAccountsMayUseJetStream(t *testing.T) {
	t.Parallel()
	limited := noJetStreamLimits
	limited.MaxMemory, limited.MaxStore, limited.MaxStreams, limited.MaxBytesRequired = 1000, 2000, 3, true
	tests := []struct {
		text string
		want AccountJetStream
	}{
		{`accounts {A {}}`, AccountJetStream{}},
		{`accounts {A {jetstream: enabled}}`, noJetStreamLimits},
		{`accounts {A {jetstream: disabled}}`, AccountJetStream{}},
		{`accounts {A {jetstream {mem: 1K, disk: 2K, streams: 3, max_bytes_required: true}}}`, limited},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := parseOptions(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got.Accounts[0].JetStream); d != "" {
				t.Error(d)
			}
		})
	}
}

// parseOptions decodes a file.
func parseOptions(text string) (*Options, error) {
	o, _, err := parseText(text)
	return o, err
}
