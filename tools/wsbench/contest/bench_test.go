package contest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/tools/wsbench/libs"
)

// Benchmark runs what the command runs, one at a time, for a profile:
//
//	go test -bench 'Benchmark/read_1_KiB/gws' -cpuprofile cpu.out ./wsbench/contest
func Benchmark(b *testing.B) {
	for _, w := range Works() {
		b.Run(strings.ReplaceAll(w.Name(), " ", "_"), func(b *testing.B) {
			for _, l := range libs.All() {
				if bench := w.Benchmark(l); bench != nil {
					b.Run(l.Name(), bench)
				}
			}
		})
	}
}

func TestDocumentsAreJSONOfTheirSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int{128, 1 << 10, 16 << 10} {
		for _, d := range documents(size) {
			if len(d) != size || !json.Valid(d) {
				t.Errorf("document of %d bytes, wanted %d: %s", len(d), size, d)
			}
		}
	}
}
