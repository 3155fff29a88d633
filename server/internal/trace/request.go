package trace

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Disabled is the destination that keeps every server from tracing a message.
const Disabled = "trace disabled"

// Asked reports whether a header block asks for something about tracing. It is
// for messages that have a block, and costs one search through it.
//
// A block with an inline status is the answer to something and is not traced.
func Asked(block []byte) bool {
	const start = "NATS/1.0\r\n"
	if len(block) < len(start) || string(block[:len(start)]) != start {
		return false
	}
	// The search is for the part of the name that begins with a letter rare in
	// headers: a line end or an N would stop it again and again.
	const before, rare = "\nNats-", "Trace-Dest:"
	for rest := block; ; {
		i := bytes.Index(rest, []byte(rare))
		if i < 0 {
			return false
		}
		if bytes.HasSuffix(rest[:i], []byte(before)) {
			return true
		}
		rest = rest[i+len(rare):]
	}
}

// Request is what a message's header asks for. The zero value asks for
// nothing: the message is delivered as any other.
type Request struct {
	// Dest is where the report goes, a valid literal subject; empty if there
	// is none to be made. Whether the publisher may publish there is not
	// checked.
	Dest string
	// Only asks that nobody gets the message. Without Dest it is simply lost.
	Only bool
	// Disable demands that servers further on are told not to trace; see
	// [DisableIn].
	Disable bool
	// Accept is how the report may be compressed.
	Accept string
}

// ParseRequest reads the block of a client's message, for which [Asked] is
// true.
//
// A destination that cannot be published to makes the whole request void, and
// so does the name of an origin account, which only servers set. The publisher
// that wanted its message traced and not delivered then gets neither.
func ParseRequest(block []byte) Request {
	dest := value(block, header.TraceDest)
	if dest == "" || dest == Disabled {
		return Request{}
	}
	r := Request{Only: isTrue(value(block, header.TraceOnly))}
	switch {
	case value(block, header.TraceOriginAccount) != "":
		r.Disable = true
	case subject.ValidLiteralStrict(dest):
		r.Dest, r.Accept = dest, value(block, header.AcceptEncoding)
	}
	return r
}

// Sampled reports whether a block has a traceparent header of the W3C whose flags
// say that the message is part of a trace.
func Sampled(block []byte) bool {
	v, ok := header.GetFold(block, "traceparent")
	if !ok {
		return false
	}
	parts := strings.Split(trim(v), "-")
	if len(parts) != 4 || len(parts[3]) != 2 {
		return false
	}
	flags, err := strconv.ParseUint(parts[3], 16, 8)
	return err == nil && flags&1 == 1
}

// DisableIn returns a copy of a block that says that tracing is disabled.
func DisableIn(block []byte) []byte {
	return header.Set(nil, block, header.TraceDest, Disabled)
}

// value returns the value of a header, without the blanks around it.
func value(block []byte, key string) string {
	v, _ := header.Get(block, key)
	return trim(v)
}

func trim(b []byte) string { return string(bytes.Trim(b, " \t")) }

func isTrue(s string) bool {
	switch strings.ToLower(s) {
	case "1", "true", "on":
		return true
	}
	return false
}
