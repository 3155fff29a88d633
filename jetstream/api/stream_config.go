package api

import "time"

// StreamConfig is how a stream is to be. Limits that are -1 are none; durations are
// nanoseconds in JSON.
type StreamConfig struct {
	Name          string          `json:"name"`
	Description   string          `json:"description,omitempty"`
	Subjects      []string        `json:"subjects,omitempty"`
	Retention     RetentionPolicy `json:"retention"`
	MaxConsumers  int             `json:"max_consumers"`
	MaxMsgs       int64           `json:"max_msgs"`
	MaxBytes      int64           `json:"max_bytes"`
	MaxAge        time.Duration   `json:"max_age"`
	MaxMsgsPer    int64           `json:"max_msgs_per_subject"`
	MaxMsgSize    int32           `json:"max_msg_size"` // header block and payload
	Discard       DiscardPolicy   `json:"discard"`
	DiscardNewPer bool            `json:"discard_new_per_subject,omitempty"`
	Storage       StorageType     `json:"storage"`
	Replicas      int             `json:"num_replicas"`
	NoAck         bool            `json:"no_ack,omitempty"`
	// Duplicates is for how long message ids are remembered; 0 not at all.
	Duplicates time.Duration   `json:"duplicate_window,omitempty"`
	Placement  *Placement      `json:"placement,omitempty"`
	Mirror     *StreamSource   `json:"mirror,omitempty"`
	Sources    []*StreamSource `json:"sources,omitempty"`

	Compression      Compression       `json:"compression"`
	FirstSeq         uint64            `json:"first_seq,omitempty"`
	SubjectTransform *SubjectTransform `json:"subject_transform,omitempty"`
	Republish        *Republish        `json:"republish,omitempty"`
	AllowDirect      bool              `json:"allow_direct"`
	MirrorDirect     bool              `json:"mirror_direct"`
	Sealed           bool              `json:"sealed"`
	DenyDelete       bool              `json:"deny_delete"`
	DenyPurge        bool              `json:"deny_purge"`
	AllowRollup      bool              `json:"allow_rollup_hdrs"`
	ConsumerLimits   ConsumerLimits    `json:"consumer_limits"`
	AllowMsgTTL      bool              `json:"allow_msg_ttl"`
	// DeleteMarkerTTL is how long the marker stays that the last message of a subject
	// leaves when it is too old; 0 leaves none.
	DeleteMarkerTTL   time.Duration     `json:"subject_delete_marker_ttl,omitempty"`
	AllowMsgCounter   bool              `json:"allow_msg_counter,omitempty"`
	AllowAtomic       bool              `json:"allow_atomic,omitempty"`
	AllowMsgSchedules bool              `json:"allow_msg_schedules,omitempty"`
	PersistMode       PersistMode       `json:"persist_mode,omitempty"`
	AllowBatched      bool              `json:"allow_batched,omitempty"`
	Metadata          map[string]string `json:"metadata,omitempty"`
}

// Placement says on which servers a stream is to be.
type Placement struct {
	Cluster   string   `json:"cluster,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	Preferred string   `json:"preferred,omitempty"`
}

// SubjectTransform rewrites subjects.
type SubjectTransform struct {
	Source      string `json:"src"`
	Destination string `json:"dest"`
}

// Republish publishes what is stored once more.
type Republish struct {
	Source      string `json:"src,omitempty"`
	Destination string `json:"dest"`
	HeadersOnly bool   `json:"headers_only,omitempty"`
}

// ConsumerLimits are defaults and bounds of the consumers of a stream.
type ConsumerLimits struct {
	InactiveThreshold time.Duration `json:"inactive_threshold,omitempty"`
	MaxAckPending     int           `json:"max_ack_pending,omitempty"`
}

// StreamSource is a stream that another one takes its messages from.
type StreamSource struct {
	Name              string                `json:"name"`
	OptStartSeq       uint64                `json:"opt_start_seq,omitempty"`
	OptStartTime      *time.Time            `json:"opt_start_time,omitempty"`
	FilterSubject     string                `json:"filter_subject,omitempty"`
	SubjectTransforms []SubjectTransform    `json:"subject_transforms,omitempty"`
	External          *ExternalStream       `json:"external,omitempty"`
	Consumer          *StreamConsumerSource `json:"consumer,omitempty"`
}

// ExternalStream says how a stream in another account or domain is reached.
type ExternalStream struct {
	API     string `json:"api"`
	Deliver string `json:"deliver,omitempty"`
}

// StreamConsumerSource is a consumer that was made for a source beforehand.
type StreamConsumerSource struct {
	Name           string `json:"name"`
	DeliverSubject string `json:"deliver_subject"`
}
