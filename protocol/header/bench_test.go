package header_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

// hot lists what runs for every message with a header and must not allocate.
// Each function returns whether the result is the right one.
func hot() map[string]func() bool {
	block := []byte("NATS/1.0\r\nNats-Msg-Id: 4711\r\nContent-Type: application/json\r\n" +
		"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nX-Tenant: berlin\r\n\r\n")
	idle := header.AppendStatus(nil, header.StatusControl, "Idle Heartbeat")
	subject := []byte("orders.eu.berlin")
	value := []byte("value")
	buf := make([]byte, 0, 512)
	return map[string]func() bool{
		"Get/last":    func() bool { _, ok := header.Get(block, "X-Tenant"); return ok },
		"Get/absent":  func() bool { _, ok := header.Get(block, "Nats-Expected-Last-Subject-Sequence-Subject"); return !ok },
		"GetFold":     func() bool { _, ok := header.GetFold(block, "TraceParent"); return ok },
		"ParseStatus": func() bool { code, _, _ := header.ParseStatus(idle); return code == header.StatusControl },
		"All":         func() bool { return count(block) == 4 },
		"Append":      func() bool { return len(header.Append(buf, block, "A", value)) == len(block)+len("A: value\r\n") },
		"Set":         func() bool { return len(header.Set(buf, block, "X-Tenant", value)) == len(block)-1 },
		"Delete":      func() bool { return len(header.Delete(buf, block, "Content-Type")) < len(block) },
		"AppendNoResponders": func() bool {
			return len(header.AppendNoResponders(buf, subject)) == header.NoRespondersOverhead+len(subject)
		},
	}
}

func count(block []byte) (n int) {
	for range header.All(block) {
		n++
	}
	return n
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	for name, f := range hot() {
		if !f() {
			t.Errorf("%s: wrong result", name)
		}
		if n := testing.AllocsPerRun(100, func() { f() }); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkHeader(b *testing.B) {
	paths := hot()
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		f := paths[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}
