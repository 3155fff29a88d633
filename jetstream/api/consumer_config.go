package api

import "time"

// ConsumerConfig is how a consumer is to be. Durations are nanoseconds in JSON.
type ConsumerConfig struct {
	Durable       string          `json:"durable_name,omitempty"`
	Name          string          `json:"name,omitempty"`
	Description   string          `json:"description,omitempty"`
	DeliverPolicy DeliverPolicy   `json:"deliver_policy"`
	OptStartSeq   uint64          `json:"opt_start_seq,omitempty"`
	OptStartTime  *time.Time      `json:"opt_start_time,omitempty"`
	AckPolicy     AckPolicy       `json:"ack_policy"`
	AckWait       time.Duration   `json:"ack_wait,omitempty"`
	MaxDeliver    int             `json:"max_deliver,omitempty"`
	BackOff       []time.Duration `json:"backoff,omitempty"`

	FilterSubject  string       `json:"filter_subject,omitempty"`
	FilterSubjects []string     `json:"filter_subjects,omitempty"`
	ReplayPolicy   ReplayPolicy `json:"replay_policy"`
	RateLimit      uint64       `json:"rate_limit_bps,omitempty"` // bits a second
	SampleFreq     string       `json:"sample_freq,omitempty"`    // percent
	MaxWaiting     int          `json:"max_waiting,omitempty"`
	MaxAckPending  int          `json:"max_ack_pending,omitempty"`
	FlowControl    bool         `json:"flow_control,omitempty"`
	HeadersOnly    bool         `json:"headers_only,omitempty"`

	// Of pull requests.
	MaxRequestBatch    int           `json:"max_batch,omitempty"`
	MaxRequestExpires  time.Duration `json:"max_expires,omitempty"`
	MaxRequestMaxBytes int           `json:"max_bytes,omitempty"`

	// Of push consumers.
	DeliverSubject string        `json:"deliver_subject,omitempty"`
	DeliverGroup   string        `json:"deliver_group,omitempty"`
	Heartbeat      time.Duration `json:"idle_heartbeat,omitempty"`

	InactiveThreshold time.Duration     `json:"inactive_threshold,omitempty"`
	Replicas          int               `json:"num_replicas"`
	MemoryStorage     bool              `json:"mem_storage,omitempty"`
	Direct            bool              `json:"direct,omitempty"`
	Sourcing          bool              `json:"sourcing,omitempty"`
	Metadata          map[string]string `json:"metadata,omitempty"`
	PauseUntil        *time.Time        `json:"pause_until,omitempty"`

	PriorityGroups  []string       `json:"priority_groups,omitempty"`
	PriorityPolicy  PriorityPolicy `json:"priority_policy,omitempty"`
	PriorityTimeout time.Duration  `json:"priority_timeout,omitempty"` // of a pin
}

// Filters returns the subjects that the consumer wants; none means all.
func (c *ConsumerConfig) Filters() []string {
	if c.FilterSubject != "" {
		return []string{c.FilterSubject}
	}
	return c.FilterSubjects
}

// IsPush reports whether messages are pushed instead of being asked for.
func (c *ConsumerConfig) IsPush() bool { return c.DeliverSubject != "" }
