package document

import "time"

// Client tells who a connection is: events are about one, and services of other
// accounts learn from it who asks. What is not known or not told is left out.
type Client struct {
	Start     string        `json:"start,omitempty"` // RFC 3339, UTC
	Host      string        `json:"host,omitempty"`
	ID        uint64        `json:"id,omitempty"`
	Account   string        `json:"acc,omitempty"`
	Service   string        `json:"svc,omitempty"` // the account that passed a request on
	User      string        `json:"user,omitempty"`
	Name      string        `json:"name,omitempty"`
	Lang      string        `json:"lang,omitempty"`
	Version   string        `json:"ver,omitempty"`
	RTT       time.Duration `json:"rtt,omitempty"` // nanoseconds
	Server    string        `json:"server,omitempty"`
	Cluster   string        `json:"cluster,omitempty"`
	Stop      string        `json:"stop,omitempty"` // RFC 3339, UTC; only of one that has left
	JWT       string        `json:"jwt,omitempty"`
	IssuerKey string        `json:"issuer_key,omitempty"`
	NameTag   string        `json:"name_tag,omitempty"`
	Tags      []string      `json:"tags,omitempty"`
	Kind      string        `json:"kind,omitempty"`        // "Client"
	Type      string        `json:"client_type,omitempty"` // of the listener: "nats", "websocket"
}

// Time writes a time as documents have it.
func Time(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
