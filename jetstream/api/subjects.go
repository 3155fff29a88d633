package api

import (
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Prefix begins the subjects of all requests.
const Prefix = subject.StreamAPIPrefix

// Kind is what a request is about.
type Kind uint8

// The kinds of requests.
const (
	Unknown Kind = iota
	Info
	StreamCreate
	StreamUpdate
	StreamNames
	StreamList
	StreamInfoKind
	StreamDelete
	StreamPurge
	MsgGet
	MsgDelete
	StreamSnapshot
	StreamRestore
	ConsumerCreate
	ConsumerDurableCreate
	ConsumerNames
	ConsumerList
	ConsumerInfoKind
	ConsumerDelete
	ConsumerPause
	ConsumerUnpin
	ConsumerReset
	MsgNext
	DirectGet
	// ClusterOnly is a request that only servers of a cluster understand.
	ClusterOnly
)

// Request is what the subject of a request says.
type Request struct {
	Kind     Kind
	Stream   string
	Consumer string // empty where the subject has none
	// Filter is what follows the name of a consumer that is to be made, or that of the
	// stream of a direct get.
	Filter string
	// Type is the type of the answer, without what all have in common.
	Type string
}

// ParseRequest reads the subject of a request, without the domain. Kind is Unknown for
// a subject that is no request.
func ParseRequest(subj string) (r Request) {
	rest, ok := strings.CutPrefix(subj, Prefix)
	if !ok {
		return r
	}
	what, rest, _ := strings.Cut(rest, ".")
	switch what {
	case "INFO":
		if rest == "" {
			r.Kind, r.Type = Info, "account_info"
		}
	case "STREAM":
		r.stream(rest)
	case "CONSUMER":
		r.consumer(rest)
	case "DIRECT":
		if rest, ok = strings.CutPrefix(rest, "GET."); ok {
			r.Kind = DirectGet
			r.Stream, r.Filter, _ = strings.Cut(rest, ".")
		}
	}
	return r
}

// stream reads what follows STREAM.
func (r *Request) stream(rest string) {
	verb, rest, more := strings.Cut(rest, ".")
	switch verb {
	case "NAMES", "LIST":
		if more {
			return
		}
		r.Kind, r.Type = StreamNames, "stream_names"
		if verb == "LIST" {
			r.Kind, r.Type = StreamList, "stream_list"
		}
		return
	case "MSG", "LEADER", "PEER":
		var second string
		second, rest, _ = strings.Cut(rest, ".")
		verb += "." + second
	}
	if rest == "" || strings.Contains(rest, ".") {
		return
	}
	if k, ok := streamKinds[verb]; ok {
		r.Kind, r.Type, r.Stream = k.kind, k.answer, rest
	}
}

// verb is a request by its name in the subject.
type verb struct {
	kind   Kind
	answer string
}

var streamKinds = map[string]verb{
	"CREATE":          {StreamCreate, "stream_create"},
	"UPDATE":          {StreamUpdate, "stream_update"},
	"INFO":            {StreamInfoKind, "stream_info"},
	"DELETE":          {StreamDelete, "stream_delete"},
	"PURGE":           {StreamPurge, "stream_purge"},
	"MSG.GET":         {MsgGet, "stream_msg_get"},
	"MSG.DELETE":      {MsgDelete, "stream_msg_delete"},
	"SNAPSHOT":        {StreamSnapshot, "stream_snapshot"},
	"RESTORE":         {StreamRestore, "stream_restore"},
	"LEADER.STEPDOWN": {ClusterOnly, "stream_leader_stepdown"},
	"PEER.REMOVE":     {ClusterOnly, "stream_remove_peer"},
	"PEER.EVACUATE":   {ClusterOnly, "stream_evacuate_peer"},
	"CANCEL_MOVE":     {ClusterOnly, "stream_cancel_move"},
}

var consumerKinds = map[string]verb{
	"INFO":            {ConsumerInfoKind, "consumer_info"},
	"DELETE":          {ConsumerDelete, "consumer_delete"},
	"PAUSE":           {ConsumerPause, "consumer_pause"},
	"UNPIN":           {ConsumerUnpin, "consumer_unpin"},
	"RESET":           {ConsumerReset, "consumer_reset"},
	"MSG.NEXT":        {MsgNext, ""},
	"DURABLE.CREATE":  {ConsumerDurableCreate, "consumer_create"},
	"LEADER.STEPDOWN": {ClusterOnly, "consumer_leader_stepdown"},
	"PEER.REMOVE":     {ClusterOnly, "consumer_remove_peer"},
	"PEER.EVACUATE":   {ClusterOnly, "consumer_evacuate_peer"},
}

// consumer reads what follows CONSUMER.
func (r *Request) consumer(rest string) {
	verb, rest, _ := strings.Cut(rest, ".")
	switch verb {
	case "NAMES", "LIST":
		if rest == "" || strings.Contains(rest, ".") {
			return
		}
		r.Kind, r.Type, r.Stream = ConsumerNames, "consumer_names", rest
		if verb == "LIST" {
			r.Kind, r.Type = ConsumerList, "consumer_list"
		}
		return
	case "CREATE":
		r.Kind, r.Type = ConsumerCreate, "consumer_create"
		r.Stream, rest, _ = strings.Cut(rest, ".")
		r.Consumer, r.Filter, _ = strings.Cut(rest, ".")
		if r.Stream == "" {
			*r = Request{}
		}
		return
	case "MSG", "LEADER", "PEER", "DURABLE":
		var second string
		second, rest, _ = strings.Cut(rest, ".")
		verb += "." + second
	}
	k, ok := consumerKinds[verb]
	stream, consumer, two := strings.Cut(rest, ".")
	if !ok || !two || stream == "" || consumer == "" || strings.Contains(consumer, ".") {
		return
	}
	r.Kind, r.Type, r.Stream, r.Consumer = k.kind, k.answer, stream, consumer
}

// TypePrefix and TypeSuffix stand around Request.Type in the type of an answer.
const (
	TypePrefix = "io.nats.jetstream.api.v1."
	TypeSuffix = "_response"
)

// MaxName is how many bytes a name of a stream or consumer may have.
const MaxName = 255

// ValidName reports whether a stream or a consumer may have a name, apart from its
// length.
func ValidName(name string) bool {
	return name != "" && !strings.ContainsAny(name, " \t\r\n\f.*>/\\")
}
