package api

import "time"

// StreamConfigRequest asks for a stream to be made or changed.
type StreamConfigRequest struct {
	StreamConfig
	Pedantic bool `json:"pedantic,omitempty"`
}

// ListRequest asks for streams or consumers, from one on.
type ListRequest struct {
	Offset  int    `json:"offset"`
	Subject string `json:"subject,omitempty"` // of streams: only those that have to do with it
}

// StreamInfoRequest asks for a stream.
type StreamInfoRequest struct {
	Offset         int    `json:"offset"`
	DeletedDetails bool   `json:"deleted_details,omitempty"`
	SubjectsFilter string `json:"subjects_filter,omitempty"`
}

// PurgeRequest asks for messages to be removed.
type PurgeRequest struct {
	Seq    uint64 `json:"seq,omitempty"`
	Filter string `json:"filter,omitempty"`
	Keep   uint64 `json:"keep,omitempty"`
}

// MsgGetRequest asks for a message, or with DirectGet for some.
type MsgGetRequest struct {
	Seq       uint64     `json:"seq,omitempty"`
	LastFor   string     `json:"last_by_subj,omitempty"`
	NextFor   string     `json:"next_by_subj,omitempty"`
	Batch     int        `json:"batch,omitempty"`
	MaxBytes  int        `json:"max_bytes,omitempty"`
	StartTime *time.Time `json:"start_time,omitempty"`
	MultiLast []string   `json:"multi_last,omitempty"`
	UpToSeq   uint64     `json:"up_to_seq,omitempty"`
	UpToTime  *time.Time `json:"up_to_time,omitempty"`
	NoHeaders bool       `json:"no_hdr,omitempty"`
}

// MsgDeleteRequest asks for a message to be removed.
type MsgDeleteRequest struct {
	Seq     uint64 `json:"seq"`
	NoErase bool   `json:"no_erase,omitempty"`
}

// ConsumerRequest asks for a consumer to be made or changed.
type ConsumerRequest struct {
	Stream   string         `json:"stream_name"`
	Config   ConsumerConfig `json:"config"`
	Action   ConsumerAction `json:"action"`
	Pedantic bool           `json:"pedantic,omitempty"`
}

// PauseRequest asks for a consumer to pause until a time.
type PauseRequest struct {
	PauseUntil time.Time `json:"pause_until,omitzero"`
}

// UnpinRequest asks for the client of a group to be released.
type UnpinRequest struct {
	Group string `json:"group"`
}

// ResetRequest asks for a consumer to begin again.
type ResetRequest struct {
	Seq uint64 `json:"seq,omitempty"`
}

// SnapshotRequest asks for a copy of a stream.
type SnapshotRequest struct {
	DeliverSubject string `json:"deliver_subject"`
	NoConsumers    bool   `json:"no_consumers,omitempty"`
	ChunkSize      int    `json:"chunk_size,omitempty"`
	WindowSize     int    `json:"window_size,omitempty"`
	CheckMsgs      bool   `json:"jsck,omitempty"`
}

// RestoreRequest asks for a stream to be made of a copy.
type RestoreRequest struct {
	Config StreamConfig `json:"config"`
	State  StreamState  `json:"state"`
}

// Paged says which part of a list an answer has.
type Paged struct {
	Total  int `json:"total"`
	Offset int `json:"offset"`
	Limit  int `json:"limit"`
}

// Page bounds an offset and returns which elements of a list are in the page.
func Page(total, offset, limit int) (p Paged, from, to int) {
	offset = min(max(offset, 0), total)
	return Paged{total, offset, limit}, offset, min(offset+limit, total)
}

// Sizes of pages.
const (
	NamesLimit    = 1024
	ListLimit     = 256
	SubjectsLimit = 100000
)

// Head is what every answer begins with.
type Head struct {
	Type  string `json:"type"`
	Error *Error `json:"error,omitempty"`
}

// The answers.
type (
	// AccountInfoResponse answers Info.
	AccountInfoResponse struct {
		Head
		*AccountInfo
	}
	// StreamCreateResponse answers StreamCreate and StreamUpdate.
	StreamCreateResponse struct {
		Head
		*StreamInfo
		DidCreate bool `json:"did_create,omitempty"`
	}
	// StreamInfoResponse answers StreamInfoKind.
	StreamInfoResponse struct {
		Head
		Paged
		*StreamInfo
	}
	// StreamNamesResponse answers StreamNames.
	StreamNamesResponse struct {
		Head
		Paged
		Streams []string `json:"streams"`
	}
	// StreamListResponse answers StreamList.
	StreamListResponse struct {
		Head
		Paged
		Streams []*StreamInfo     `json:"streams"`
		Missing []string          `json:"missing,omitempty"`
		Offline map[string]string `json:"offline,omitempty"`
	}
	// SuccessResponse answers what has nothing more to say.
	SuccessResponse struct {
		Head
		Success bool `json:"success,omitempty"`
	}
	// PurgeResponse answers StreamPurge.
	PurgeResponse struct {
		Head
		Success bool   `json:"success,omitempty"`
		Purged  uint64 `json:"purged"`
	}
	// MsgGetResponse answers MsgGet.
	MsgGetResponse struct {
		Head
		Message *StoredMsg `json:"message,omitempty"`
	}
	// ConsumerResponse answers ConsumerCreate and ConsumerInfoKind.
	ConsumerResponse struct {
		Head
		*ConsumerInfo
	}
	// ConsumerNamesResponse answers ConsumerNames.
	ConsumerNamesResponse struct {
		Head
		Paged
		Consumers []string `json:"consumers"`
	}
	// ConsumerListResponse answers ConsumerList.
	ConsumerListResponse struct {
		Head
		Paged
		Consumers []*ConsumerInfo   `json:"consumers"`
		Missing   []string          `json:"missing,omitempty"`
		Offline   map[string]string `json:"offline,omitempty"`
	}
	// PauseResponse answers ConsumerPause.
	PauseResponse struct {
		Head
		Paused         bool          `json:"paused"`
		PauseUntil     time.Time     `json:"pause_until"`
		PauseRemaining time.Duration `json:"pause_remaining,omitempty"`
	}
	// ResetResponse answers ConsumerReset.
	ResetResponse struct {
		Head
		*ConsumerInfo
		ResetSeq uint64 `json:"reset_seq"`
	}
	// SnapshotResponse answers StreamSnapshot.
	SnapshotResponse struct {
		Head
		Config *StreamConfig `json:"config,omitempty"`
		State  *StreamState  `json:"state,omitempty"`
	}
	// RestoreResponse answers StreamRestore.
	RestoreResponse struct {
		Head
		DeliverSubject string `json:"deliver_subject"`
	}
)

// StoredMsg is a message in JSON.
type StoredMsg struct {
	Subject string    `json:"subject"`
	Seq     uint64    `json:"seq"`
	Header  []byte    `json:"hdrs,omitempty"`
	Data    []byte    `json:"data,omitempty"`
	Time    time.Time `json:"time"`
}

// ValidGet reports whether a request asks for one message in one way.
func (r *MsgGetRequest) ValidGet() bool {
	if r.Batch > 0 || r.MaxBytes > 0 {
		return false
	}
	seq, at, last, next := r.Seq > 0, r.StartTime != nil, r.LastFor != "", r.NextFor != ""
	switch {
	case seq && at, last && (seq || at || next):
		return false
	}
	return seq || at || last || next
}

// Add adds what is used.
func (t *AccountTier) Add(u *AccountTier) {
	t.Memory += u.Memory
	t.Store += u.Store
	t.ReservedMemory += u.ReservedMemory
	t.ReservedStore += u.ReservedStore
	t.Streams += u.Streams
	t.Consumers += u.Consumers
}
