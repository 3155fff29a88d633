package document

import "time"

// Author is how the server that writes a document describes itself.
type Author struct {
	Name    string            `json:"name"`
	Host    string            `json:"host"`
	ID      string            `json:"id"`
	Cluster string            `json:"cluster,omitempty"`
	Domain  string            `json:"domain,omitempty"`
	Version string            `json:"ver"`
	Tags    []string          `json:"tags,omitempty"`
	Meta    map[string]string `json:"metadata,omitempty"`
	// Features are the named switches of the server and whether they are on.
	Features  map[string]bool `json:"feature_flags,omitempty"`
	JetStream bool            `json:"jetstream"`
	Flags     uint64          `json:"flags"`
	// Seq numbers the messages that the server wrote, Time is when it wrote
	// this one.
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
}

// Stamped returns a as the author of message number seq, written now.
func (a Author) Stamped(seq uint64) Author {
	a.Seq, a.Time = seq, time.Now().UTC()
	return a
}
