package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// PullRequest asks a consumer for messages.
type PullRequest struct {
	Batch         int           `json:"batch,omitempty"`
	MaxBytes      int           `json:"max_bytes,omitempty"`
	Expires       time.Duration `json:"expires,omitempty"`
	NoWait        bool          `json:"no_wait,omitempty"`
	Heartbeat     time.Duration `json:"idle_heartbeat,omitempty"`
	Group         string        `json:"group,omitempty"`
	MinPending    int64         `json:"min_pending,omitempty"`
	MinAckPending int64         `json:"min_ack_pending,omitempty"`
	ID            string        `json:"id,omitempty"` // of the pin
	Priority      uint8         `json:"priority,omitempty"`
	// Plain says that the request had no JSON in it.
	Plain bool `json:"-"`
}

// ParsePull reads the body of a pull request: nothing, a number of messages, or JSON.
// Unknown fields are passed over, and what is neither counts as one message. The
// error is that of broken JSON.
func ParsePull(body []byte) (r PullRequest, err error) {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		r.Plain = true
	case body[0] == '{':
		if err := json.Unmarshal(body, &r); err != nil {
			return PullRequest{}, err
		}
	default:
		r.Plain = true
		if n, err := strconv.ParseInt(string(body), 10, 32); err == nil {
			r.Batch = int(n)
		}
	}
	r.Batch = max(r.Batch, 1)
	return r, nil
}
