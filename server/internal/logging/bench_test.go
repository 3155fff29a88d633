package logging

import (
	"io"
	"testing"
)

func BenchmarkLine(b *testing.B) {
	for _, bc := range []struct {
		name string
		cfg  Config
	}{{"text", Config{Stderr: io.Discard}}, {"json", Config{Stderr: io.Discard, JSON: true}}} {
		b.Run(bc.name, func(b *testing.B) {
			l := open(b, bc.cfg).With(testConn)
			b.ReportAllocs()
			for b.Loop() {
				l.Infof("Slow Consumer Detected: grüße %s", "x")
			}
		})
	}
}

func BenchmarkLevelOff(b *testing.B) {
	l := open(b, Config{Stderr: io.Discard})
	b.ReportAllocs()
	for b.Loop() {
		if l.TraceEnabled() {
			l.Tracef("%s", "x")
		}
	}
}

func TestLinesDoNotAllocate(t *testing.T) {
	for name, cfg := range map[string]Config{"text": {}, "json": {JSON: true}} {
		cfg.Stderr = io.Discard
		l := open(t, cfg).With(testConn)
		args := []any{"grüße \n"}
		if n := testing.AllocsPerRun(100, func() { l.Infof("hello %s", args...) }); n > 0 && !raceEnabled {
			t.Errorf("%s: %v allocations a line", name, n)
		}
	}
}
