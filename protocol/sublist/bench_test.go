package sublist

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// sub stands for what a server hangs on a subscription.
type sub struct{ delivered int }

var sizes = []int{1, 10_000, 1_000_000}

func literal(i int) string { return fmt.Sprintf("telemetry.site.%d.temp", i) }

func wildcard(i int) string { return fmt.Sprintf("telemetry.*.%d.temp", i) }

// filled returns an index of n subjects and, for up to 65,536 of them in random
// order, what to publish on.
func filled(tb testing.TB, n int, subject func(int) string) (*Index[*sub], [][]byte) {
	tb.Helper()
	x := New[*sub]()
	for i := range n {
		if _, err := x.Insert(subject(i), "", new(sub)); err != nil {
			tb.Fatal(err)
		}
	}
	published := make([][]byte, 1<<16)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range published {
		published[i] = []byte(strings.Replace(subject(rnd.IntN(n)), "*", "x", 1))
	}
	return x, published
}

func benchmarkMatch(b *testing.B, subject func(int) string) {
	for _, n := range sizes {
		x, published := filled(b, n, subject)
		for _, c := range []struct {
			name string
			mask int
		}{{"hot", 0}, {"random", len(published) - 1}} {
			b.Run(fmt.Sprintf("%d/%s", n, c.name), func(b *testing.B) {
				b.ReportAllocs()
				var r Result[*sub]
				for i := 0; b.Loop(); i++ {
					x.Match(published[i&c.mask], &r)
					if len(r.Plain) != 1 {
						b.Fatal("no match")
					}
				}
			})
		}
	}
}

func BenchmarkMatch(b *testing.B) { benchmarkMatch(b, literal) }

func BenchmarkMatchWildcard(b *testing.B) { benchmarkMatch(b, wildcard) }

// BenchmarkMatchMixed looks up literal subjects beside as many wildcards.
func BenchmarkMatchMixed(b *testing.B) {
	const n = 10_000
	x, published := filled(b, n, literal)
	for i := range n {
		if _, err := x.Insert(fmt.Sprintf("telemetry.*.%d.pressure", i), "", new(sub)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	var r Result[*sub]
	for i := 0; b.Loop(); i++ {
		x.Match(published[i&(len(published)-1)], &r)
	}
}

func BenchmarkMatchMiss(b *testing.B) {
	x, _ := filled(b, 1_000_000, literal)
	b.ReportAllocs()
	var r Result[*sub]
	subject := []byte("telemetry.site.x.temp")
	for b.Loop() {
		x.Match(subject, &r)
	}
}

func BenchmarkMatchParallel(b *testing.B) {
	x, published := filled(b, 10_000, literal)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var r Result[*sub]
		for i := rand.IntN(len(published)); pb.Next(); i++ {
			x.Match(published[i&(len(published)-1)], &r)
		}
	})
}

func BenchmarkMatchQueue(b *testing.B) {
	for _, members := range []int{1, 4, 100, 100_000} {
		x := New[*sub]()
		for range members {
			if _, err := x.Insert("orders.new", "workers", new(sub)); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			b.ReportAllocs()
			var r Result[*sub]
			subject := []byte("orders.new")
			for i := 0; b.Loop(); i++ {
				x.Match(subject, &r)
				g := &r.Queues[0]
				g.At(i%g.Len()).delivered++
			}
		})
	}
}

// BenchmarkMatchFanOut matches and visits all subscribers of one subject.
func BenchmarkMatchFanOut(b *testing.B) {
	for _, n := range []int{1, 10, 100, 100_000} {
		x := New[*sub]()
		for range n {
			if _, err := x.Insert("news", "", new(sub)); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			var r Result[*sub]
			subject := []byte("news")
			for b.Loop() {
				x.Match(subject, &r)
				for _, vs := range r.Plain {
					for _, v := range vs {
						v.delivered++
					}
				}
			}
		})
	}
}

func BenchmarkHasInterest(b *testing.B) {
	x, published := filled(b, 10_000, wildcard)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if !x.HasInterest(published[i&(len(published)-1)]) {
			b.Fatal("no interest")
		}
	}
}

// benchmarkChurn inserts and removes one subscription, beside n others.
func benchmarkChurn(b *testing.B, subject func(int) string) {
	for _, n := range sizes {
		x, _ := filled(b, n, subject)
		fresh := make([]string, 1<<16)
		for i := range fresh {
			fresh[i] = subject(n + i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			v := new(sub)
			for i := 0; b.Loop(); i++ {
				e, err := x.Insert(fresh[i&(len(fresh)-1)], "", v)
				if err != nil || !x.Remove(e) {
					b.Fatal("insert or remove failed")
				}
			}
		})
	}
}

func BenchmarkInsertRemove(b *testing.B) { benchmarkChurn(b, literal) }

func BenchmarkInsertRemoveWildcard(b *testing.B) { benchmarkChurn(b, wildcard) }

// BenchmarkInsertRemoveSameSubject replaces random ones of n subscriptions to
// one subject, plain and in one queue group.
func BenchmarkInsertRemoveSameSubject(b *testing.B) {
	for _, queue := range []string{"", "q"} {
		for _, n := range []int{2, 100, 100_000} {
			b.Run(fmt.Sprintf("queue=%s/%d", queue, n), func(b *testing.B) {
				x := New[*sub]()
				v := new(sub)
				entries := make([]*Entry[*sub], n)
				for i := range entries {
					entries[i], _ = x.Insert("news", queue, v)
				}
				rnd := rand.New(rand.NewPCG(1, 2))
				b.ReportAllocs()
				for b.Loop() {
					i := rnd.IntN(n)
					x.Remove(entries[i])
					entries[i], _ = x.Insert("news", queue, v)
				}
			})
		}
	}
}

// BenchmarkFill inserts 1,000,000 subjects; it reports the time of one.
func BenchmarkFill(b *testing.B) {
	const n = 1_000_000
	subjects := make([]string, n)
	for i := range subjects {
		subjects[i] = literal(i)
	}
	b.ReportAllocs()
	v := new(sub)
	for b.Loop() {
		x := New[*sub]()
		for _, s := range subjects {
			if _, err := x.Insert(s, "", v); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/insert")
}
