package monitor

import (
	"errors"
	"net/http"
	"time"
)

// JetStream answers what concerns streams.
type JetStream interface {
	// Usage returns what all streams add up to, nil if there are to be none.
	Usage() *JszUsage
	// Details describes the accounts that have streams, sorted by name: one of them, or
	// all if name is empty.
	Details(name string, o JszDetails) []JszAccount
	// Check returns why streams cannot be relied upon, or what of account, stream and
	// consumer is missing; empty names are not asked for.
	Check(account, stream, consumer string) (missing bool, err error)
}

// JszDetails says how much of an account is wanted.
type JszDetails struct{ Streams, Consumers, Config bool }

// JszStats are what streams add up to, in bytes.
type JszStats struct {
	Memory          uint64 `json:"memory"`
	Storage         uint64 `json:"storage"`
	ReservedMemory  uint64 `json:"reserved_memory"`
	ReservedStorage uint64 `json:"reserved_storage"`
	Accounts        int    `json:"accounts"`
	HAAssets        int    `json:"ha_assets"`
	API             JszAPI `json:"api"`
}

// JszUsage are the figures of a server.
type JszUsage struct {
	JszStats
	Config    JszConfig
	Limits    *JszLimits
	Streams   int
	Consumers int
	Messages  uint64
	Bytes     uint64
}

// Jsz is the document at /jsz.
type Jsz struct {
	JszStats
	ID        string       `json:"server_id"`
	Now       time.Time    `json:"now"`
	Disabled  bool         `json:"disabled,omitempty"`
	Config    JszConfig    `json:"config"`
	Limits    *JszLimits   `json:"limits,omitempty"`
	Streams   int          `json:"streams"`
	Consumers int          `json:"consumers"`
	Messages  uint64       `json:"messages"`
	Bytes     uint64       `json:"bytes"`
	Details   []JszAccount `json:"account_details,omitempty"`
	Total     int          `json:"total"`
}

// JszAPI counts the requests to the JetStream API.
type JszAPI struct {
	Level  int    `json:"level"`
	Total  uint64 `json:"total"`
	Errors uint64 `json:"errors"`
}

// JszConfig is how JetStream is configured.
type JszConfig struct {
	MaxMemory    int64         `json:"max_memory"`
	MaxStorage   int64         `json:"max_storage"`
	StoreDir     string        `json:"store_dir,omitempty"`
	SyncInterval time.Duration `json:"sync_interval,omitempty"`
	SyncAlways   bool          `json:"sync_always,omitempty"`
	Domain       string        `json:"domain,omitempty"`
	Strict       bool          `json:"strict,omitempty"`
}

// JszLimits are those for every account.
type JszLimits struct {
	MaxAckPending       int           `json:"max_ack_pending,omitempty"`
	MaxRequestBatch     int           `json:"max_request_batch,omitempty"`
	DuplicateWindow     time.Duration `json:"duplicate_window,omitempty"`
	DefaultMaxConsumers int           `json:"default_max_consumers,omitempty"`
}

// JszAccount describes an account. Its streams are documents of the API.
type JszAccount struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	JszStats
	Streams []JszStream `json:"stream_detail,omitempty"`
}

// JszStream describes a stream.
type JszStream struct {
	Name      string    `json:"name"`
	Created   time.Time `json:"created"`
	Config    any       `json:"config,omitempty"`
	State     any       `json:"state,omitempty"`
	Consumers []any     `json:"consumer_detail,omitempty"`
}

// errNotLeader answers those who want an answer from a leader only: without
// JetStream there is none.
var errNotLeader = errors.New("filtered response: not leader")

func (m *Monitor) jsz(p *params) (any, error) {
	all := p.boolean("accounts")
	d := JszDetails{Streams: p.boolean("streams"), Consumers: p.boolean("consumers"), Config: p.boolean("config")}
	p.boolean("direct-consumers")
	leaderOnly := p.boolean("leader-only")
	pg := p.page()
	p.boolean("raft")
	p.boolean("stream-leader-only")
	if p.err != nil {
		return nil, p.err
	}
	usage := m.usageOfStreams()
	doc := &Jsz{ID: m.cfg.Server.Identity().ID, Now: now()}
	if usage == nil {
		if leaderOnly {
			return nil, errNotLeader
		}
		doc.Disabled = true
		return doc, nil
	}
	doc.JszStats, doc.Config, doc.Limits = usage.JszStats, usage.Config, usage.Limits
	doc.Streams, doc.Consumers, doc.Messages, doc.Bytes = usage.Streams, usage.Consumers, usage.Messages, usage.Bytes
	d.Streams = d.Streams || d.Consumers
	if name := p.text("acc"); name != "" || all || d.Streams {
		list := m.cfg.JetStream.Details(name, d)
		doc.Total = len(list)
		from, to := pg.bounds(len(list))
		doc.Details = list[from:to]
	} else {
		doc.Total = usage.Accounts
	}
	return doc, nil
}

// usageOfStreams returns nil if there are none.
func (m *Monitor) usageOfStreams() *JszUsage {
	if m.cfg.JetStream == nil {
		return nil
	}
	return m.cfg.JetStream.Usage()
}

// JetStreamVarz is what varz shows of JetStream; the zero value shows that there is
// none.
type JetStreamVarz struct {
	Config *JszConfig `json:"config,omitempty"`
	Stats  *JszStats  `json:"stats,omitempty"`
	Limits *JszLimits `json:"limits,omitempty"`
}

func (m *Monitor) jetStreamVarz() JetStreamVarz {
	u := m.usageOfStreams()
	if u == nil {
		return JetStreamVarz{}
	}
	return JetStreamVarz{&u.Config, &u.JszStats, u.Limits}
}

// raftz serves /raftz: there is no consensus group.
func raftz(w http.ResponseWriter, _ *http.Request) {
	sendText(w, http.StatusNotFound, "No Raft nodes registered")
}

// ipqueuesz serves /ipqueuesz: no queue stands between parts of this server.
func ipqueuesz(w http.ResponseWriter, r *http.Request) {
	p := query(r)
	p.boolean("all")
	answer(w, []byte("{}"), p.err)
}
