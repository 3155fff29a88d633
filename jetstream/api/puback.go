package api

import (
	"encoding/json"
	"strconv"
)

// PubAck is the answer to a message that was published to a stream.
type PubAck struct {
	Stream    string
	Domain    string // empty for none
	Seq       uint64
	Duplicate bool
	Value     string // new total of a counter
	Batch     string // id of a batch that is complete
	Count     int    // of the messages in it
}

// Append appends the answer as JSON.
func (a *PubAck) Append(b []byte) []byte {
	b = append(b, `{"stream":`...)
	b = appendString(b, a.Stream)
	if a.Domain != "" {
		b = appendString(append(b, `,"domain":`...), a.Domain)
	}
	b = strconv.AppendUint(append(b, `,"seq":`...), a.Seq, 10)
	if a.Duplicate {
		b = append(b, `,"duplicate": true`...)
	}
	if a.Value != "" {
		b = appendString(append(b, `,"val":`...), a.Value)
	}
	if a.Batch != "" {
		b = appendString(append(b, `,"batch":`...), a.Batch)
		b = strconv.AppendInt(append(b, `,"count":`...), int64(a.Count), 10)
	}
	return append(b, '}')
}

// AppendPubAck appends the answer that refuses a message to a stream.
func (e *Error) AppendPubAck(b []byte, stream string) []byte {
	b = append(b, `{"error":{"code":`...)
	b = strconv.AppendInt(b, int64(e.Status), 10)
	b = strconv.AppendUint(append(b, `,"err_code":`...), uint64(e.Number), 10)
	b = appendString(append(b, `,"description":`...), e.Description)
	b = appendString(append(b, `},"stream":`...), stream)
	return append(b, `,"seq":0}`...)
}

// appendString appends s as JSON, without allocating where nothing is to be escaped.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			text, _ := json.Marshal(s) // strings always marshal
			return append(b, text...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
