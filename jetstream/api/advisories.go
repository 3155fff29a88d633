package api

import (
	"encoding/json"
	"time"
)

// AdvisoryPrefix begins the subjects of events, MetricPrefix those of measurements.
const (
	AdvisoryPrefix = "$JS.EVENT.ADVISORY."
	MetricPrefix   = "$JS.EVENT.METRIC."
)

// Advisory is what all events begin with.
type Advisory struct {
	Type string    `json:"type"`
	ID   string    `json:"id"`
	Time time.Time `json:"timestamp"`
}

// The events.
type (
	// APIAudit tells of a request and its answer.
	APIAudit struct {
		Advisory
		Server   string          `json:"server"`
		Client   json.RawMessage `json:"client,omitempty"`
		Subject  string          `json:"subject"`
		Request  string          `json:"request,omitempty"`
		Response string          `json:"response"`
		Domain   string          `json:"domain,omitempty"`
	}
	// StreamAction tells of a stream that was made, changed or removed.
	StreamAction struct {
		Advisory
		Stream string `json:"stream"`
		Action string `json:"action"`
		Domain string `json:"domain,omitempty"`
	}
	// ConsumerActionEvent tells of a consumer that was made or removed.
	ConsumerActionEvent struct {
		Advisory
		Stream   string `json:"stream"`
		Consumer string `json:"consumer"`
		Action   string `json:"action"`
		Domain   string `json:"domain,omitempty"`
	}
	// ConsumerPauseEvent tells of a pause.
	ConsumerPauseEvent struct {
		Advisory
		Stream     string    `json:"stream"`
		Consumer   string    `json:"consumer"`
		Paused     bool      `json:"paused"`
		PauseUntil time.Time `json:"pause_until,omitzero"`
		Domain     string    `json:"domain,omitempty"`
	}
	// MessageEvent tells what became of a message at a consumer.
	MessageEvent struct {
		Advisory
		Stream      string        `json:"stream"`
		Consumer    string        `json:"consumer"`
		ConsumerSeq uint64        `json:"consumer_seq,omitempty"`
		StreamSeq   uint64        `json:"stream_seq"`
		AckTime     time.Duration `json:"ack_time,omitempty"`
		Deliveries  uint64        `json:"deliveries"`
		Reason      string        `json:"reason,omitempty"`
		Domain      string        `json:"domain,omitempty"`
	}
	// SnapshotEvent tells of a copy of a stream that is being made or restored.
	SnapshotEvent struct {
		Advisory
		Stream string          `json:"stream"`
		State  *StreamState    `json:"state,omitempty"`
		Start  *time.Time      `json:"start,omitempty"`
		End    *time.Time      `json:"end,omitempty"`
		Bytes  int64           `json:"bytes,omitempty"`
		Error  string          `json:"error,omitempty"`
		Client json.RawMessage `json:"client,omitempty"`
		Domain string          `json:"domain,omitempty"`
	}
	// BatchEvent tells of an atomic batch that was given up.
	BatchEvent struct {
		Advisory
		Stream string `json:"stream"`
		Batch  string `json:"batch"`
		Reason string `json:"reason"`
		Domain string `json:"domain,omitempty"`
	}
	// PinEvent tells of a client that a priority group was pinned to, or no longer is.
	PinEvent struct {
		Advisory
		Stream   string `json:"stream"`
		Consumer string `json:"consumer"`
		Group    string `json:"group"`
		PinnedID string `json:"pinned_id,omitempty"`
		Reason   string `json:"reason,omitempty"`
		Domain   string `json:"domain,omitempty"`
	}
)
