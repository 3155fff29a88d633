package router

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSampledHeaders(t *testing.T) {
	t.Parallel()
	type found = map[string][]string
	for lines, want := range map[string]found{
		"":             nil,
		"Other: 1\r\n": nil,
		"uber-trace-id: 1:2:3:1\r\nUBERCTX-a: b\r\n":    {"Uber-Trace-Id": {"1:2:3:1"}, "Uberctx-A": {"b"}},
		"Uber-Trace-Id: 1:2:3:0\r\nX-B3-Sampled: 1\r\n": nil, // the first kind decides
		"Uber-Trace-Id: 1:2:3\r\n":                      nil,
		"Uber-Trace-Id: 1:2:3:111\r\n":                  nil,
		"X-B3-Sampled: 1\r\nX-B3-TraceId: t\r\n":        {"X-B3-Sampled": {"1"}, "X-B3-Traceid": {"t"}},
		"X-B3-Sampled: 0\r\nX-B3-TraceId: t\r\n":        nil,
		"X-B3-TraceId: t\r\nX-B3-SpanId: s\r\n":         {"X-B3-Traceid": {"t"}, "X-B3-Spanid": {"s"}},
		"B3: 0\r\n":                                     nil,
		"B3: a-b-0\r\n":                                 nil,
		"B3: a-b-1\r\n":                                 {"B3": {"a-b-1"}},
		"B3: a-b\r\n":                                   {"B3": {"a-b"}},
		"traceparent: 00-1-2-01\r\ntracestate: x\r\n":   {"Traceparent": {"00-1-2-01"}, "Tracestate": {"x"}},
		"traceparent: 00-1-2-00\r\n":                    nil,
		"traceparent: 00-1-2\r\n":                       nil,
		"traceparent: 00-1-2-zz\r\n":                    nil,
	} {
		block := []byte(nil)
		if lines != "" {
			block = []byte("NATS/1.0\r\n" + lines + "\r\n")
		}
		if diff := cmp.Diff(want, found(sampledHeaders(block))); diff != "" {
			t.Errorf("%q: -want +got:\n%s", lines, diff)
		}
	}
}
