package api

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
)

// PublishHeaders are the headers of a message that a stream acts upon. The values
// are slices of the header block; empty where a header is not there. Of headers that
// are there more than once the first counts.
type PublishHeaders struct {
	MsgID                         []byte
	ExpectedStream                []byte
	ExpectedLastSeq               []byte
	ExpectedLastSubjectSeq        []byte
	ExpectedLastSubjectSeqSubject []byte
	ExpectedLastMsgID             []byte
	Rollup                        []byte
	TTL                           []byte
	Incr                          []byte
	StreamSource                  []byte
	BatchID                       []byte
	BatchSeq                      []byte
	BatchCommit                   []byte
	RequiredLevel                 []byte
	MarkerReason                  []byte
	Schedule                      []byte
	ScheduleTarget                []byte
	ScheduleSource                []byte
	ScheduleTTL                   []byte
	ScheduleRollup                []byte
	ScheduleZone                  []byte
	ScheduleNext                  []byte
	Scheduler                     []byte
}

// Names of headers.
const (
	HeaderMsgID          = "Nats-Msg-Id"
	HeaderTTL            = "Nats-TTL"
	HeaderRollup         = "Nats-Rollup"
	HeaderMarkerReason   = "Nats-Marker-Reason"
	HeaderStream         = "Nats-Stream"
	HeaderSubject        = "Nats-Subject"
	HeaderSequence       = "Nats-Sequence"
	HeaderTimeStamp      = "Nats-Time-Stamp"
	HeaderLastSequence   = "Nats-Last-Sequence"
	HeaderNumPending     = "Nats-Num-Pending"
	HeaderUpToSequence   = "Nats-UpTo-Sequence"
	HeaderMsgSize        = "Nats-Msg-Size"
	HeaderRequiredLevel  = "Nats-Required-Api-Level"
	HeaderScheduler      = "Nats-Scheduler"
	HeaderScheduleNext   = "Nats-Schedule-Next"
	HeaderSchedulePrefix = "Nats-Schedule"
	HeaderExpectedPrefix = "Nats-Expected-"
	HeaderBatchPrefix    = "Nats-Batch-"
	HeaderStreamSource   = "Nats-Stream-Source"
	HeaderIncr           = "Nats-Incr"
)

// natsPrefix begins all names that are looked for.
var natsPrefix = []byte("Nats-")

// Parse finds the headers in a block. It goes through the block once, and allocates
// nothing.
func (h *PublishHeaders) Parse(block []byte) {
	*h = PublishHeaders{}
	if !bytes.Contains(block, natsPrefix) {
		return
	}
	for len(block) > 0 {
		end := bytes.IndexByte(block, '\n')
		if end < 0 {
			return // a line without an end does not count
		}
		line := block[:end]
		block = block[end+1:]
		if !bytes.HasPrefix(line, natsPrefix) {
			continue
		}
		colon := bytes.IndexByte(line, ':')
		if colon < 0 {
			continue
		}
		if p := h.field(line[:colon]); p != nil && *p == nil {
			*p = bytes.TrimSpace(line[colon+1:])
		}
	}
}

// field returns where the value of a header goes; nil for one that means nothing.
func (h *PublishHeaders) field(name []byte) *[]byte {
	switch string(name) {
	case HeaderMsgID:
		return &h.MsgID
	case "Nats-Expected-Stream":
		return &h.ExpectedStream
	case "Nats-Expected-Last-Sequence":
		return &h.ExpectedLastSeq
	case "Nats-Expected-Last-Subject-Sequence":
		return &h.ExpectedLastSubjectSeq
	case "Nats-Expected-Last-Subject-Sequence-Subject":
		return &h.ExpectedLastSubjectSeqSubject
	case "Nats-Expected-Last-Msg-Id":
		return &h.ExpectedLastMsgID
	case HeaderRollup:
		return &h.Rollup
	case HeaderTTL:
		return &h.TTL
	case HeaderIncr:
		return &h.Incr
	case HeaderStreamSource:
		return &h.StreamSource
	case "Nats-Batch-Id":
		return &h.BatchID
	case "Nats-Batch-Sequence":
		return &h.BatchSeq
	case "Nats-Batch-Commit":
		return &h.BatchCommit
	case HeaderRequiredLevel:
		return &h.RequiredLevel
	case HeaderMarkerReason:
		return &h.MarkerReason
	case HeaderScheduler:
		return &h.Scheduler
	}
	if bytes.HasPrefix(name, []byte(HeaderSchedulePrefix)) {
		return h.schedule(name[len(HeaderSchedulePrefix):])
	}
	return nil
}

func (h *PublishHeaders) schedule(rest []byte) *[]byte {
	switch string(rest) {
	case "":
		return &h.Schedule
	case "-Target":
		return &h.ScheduleTarget
	case "-Source":
		return &h.ScheduleSource
	case "-TTL":
		return &h.ScheduleTTL
	case "-Rollup":
		return &h.ScheduleRollup
	case "-Time-Zone":
		return &h.ScheduleZone
	case "-Next":
		return &h.ScheduleNext
	}
	return nil
}

// Never is the time to live of a message that no age limit takes.
const Never = time.Duration(-1)

// errTTL is the error of a time to live that cannot be read or is below a second.
var errTTL = errors.New("invalid time to live")

// ParseTTL reads the value of a Nats-TTL header: whole seconds, a duration, of which
// parts of a second do not count, or "never".
func ParseTTL(text []byte) (time.Duration, error) {
	s := string(text)
	if strings.EqualFold(s, "never") {
		return Never, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n < 1 || n > int64(1<<63-1)/int64(time.Second) {
			return 0, errTTL
		}
		return time.Duration(n) * time.Second, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Second {
		return 0, errTTL
	}
	return d.Truncate(time.Second), nil
}
