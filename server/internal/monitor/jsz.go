package monitor

import (
	"errors"
	"net/http"
	"time"
)

// Jsz is the document at /jsz: JetStream, which is off.
type Jsz struct {
	Memory          uint64    `json:"memory"`
	Storage         uint64    `json:"storage"`
	ReservedMemory  uint64    `json:"reserved_memory"`
	ReservedStorage uint64    `json:"reserved_storage"`
	Accounts        int       `json:"accounts"`
	HAAssets        int       `json:"ha_assets"`
	API             JszAPI    `json:"api"`
	ID              string    `json:"server_id"`
	Now             time.Time `json:"now"`
	Disabled        bool      `json:"disabled,omitempty"`
	Config          JszConfig `json:"config"`
	Streams         int       `json:"streams"`
	Consumers       int       `json:"consumers"`
	Messages        uint64    `json:"messages"`
	Bytes           uint64    `json:"bytes"`
	Total           int       `json:"total"`
}

// JszAPI counts the requests to the JetStream API.
type JszAPI struct {
	Level  int    `json:"level"`
	Total  uint64 `json:"total"`
	Errors uint64 `json:"errors"`
}

// JszConfig are the limits of JetStream.
type JszConfig struct {
	MaxMemory  int64 `json:"max_memory"`
	MaxStorage int64 `json:"max_storage"`
}

// errNotLeader answers those who want an answer from a leader only: without
// JetStream there is none.
var errNotLeader = errors.New("filtered response: not leader")

func (m *Monitor) jsz(p *params) (any, error) {
	for _, name := range []string{"accounts", "streams", "consumers", "direct-consumers", "config"} {
		p.boolean(name)
	}
	leaderOnly := p.boolean("leader-only")
	p.page()
	p.boolean("raft")
	p.boolean("stream-leader-only")
	if p.err != nil {
		return nil, p.err
	}
	if leaderOnly {
		return nil, errNotLeader
	}
	return &Jsz{ID: m.cfg.Server.Identity().ID, Now: now(), Disabled: true}, nil
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
