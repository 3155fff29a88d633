package trace

import "time"

// Server is how the server that writes a report describes itself.
type Server struct {
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

// Stamped returns s as the author of message number seq, written now.
func (s Server) Stamped(seq uint64) Server {
	s.Seq, s.Time = seq, now()
	return s
}
