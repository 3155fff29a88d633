package router

import (
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

// sampledHeaders returns the trace headers of a block that ask for its request to
// be measured, under the names that documents have for them; nil if none does. The
// first kind of header that is there decides.
func sampledHeaders(block []byte) map[string][]string {
	if len(block) == 0 {
		return nil
	}
	all := fields{}
	for name, value := range header.All(block) {
		name := canonical(string(name))
		all[name] = append(all[name], strings.TrimSpace(string(value)))
	}
	some := func(names ...string) map[string][]string {
		found := map[string][]string{}
		for _, name := range names {
			if v := all[canonical(name)]; len(v) > 0 {
				found[canonical(name)] = v
			}
		}
		return found
	}
	if v := all.get("Uber-Trace-Id"); v != "" {
		if parts := strings.Split(v, ":"); len(parts) != 4 || !flagged(parts[3]) {
			return nil
		}
		found := some("Uber-Trace-Id")
		for name, values := range all {
			if strings.HasPrefix(name, "Uberctx-") {
				found[name] = values
			}
		}
		return found
	}
	b3 := []string{"X-B3-Sampled", "X-B3-TraceId", "X-B3-ParentSpanId", "X-B3-SpanId"}
	switch v := all.get("X-B3-Sampled"); v {
	case "1":
		return some(b3...)
	case "0":
		return nil
	}
	if all.get("X-B3-TraceId") != "" {
		return some(b3...)
	}
	if v := all.get("B3"); v != "" {
		if parts := strings.Split(v, "-"); v == "0" || len(parts) > 2 && parts[2] == "0" {
			return nil
		}
		return some("B3")
	}
	if v := all.get("Traceparent"); v != "" {
		if parts := strings.Split(v, "-"); len(parts) == 4 && flagged(parts[3]) {
			return some("Traceparent", "Tracestate")
		}
	}
	return nil
}

// flagged reports whether the lowest bit of two hexadecimal digits is set.
func flagged(hex string) bool {
	if len(hex) > 2 {
		return false
	}
	n, err := strconv.ParseUint(hex, 16, 8)
	return err == nil && n&1 == 1
}

// fields are headers by their canonical names.
type fields map[string][]string

func (f fields) get(name string) string {
	if v := f[canonical(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// canonical is a header's name with each word beginning in upper case, as documents
// have it.
func canonical(name string) string {
	b := []byte(name)
	upper := true
	for i, c := range b {
		switch {
		case upper && 'a' <= c && c <= 'z':
			b[i] = c - 'a' + 'A'
		case !upper && 'A' <= c && c <= 'Z':
			b[i] = c - 'A' + 'a'
		}
		upper = c == '-'
	}
	return string(b)
}
