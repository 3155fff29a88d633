package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

func TestWebSocketFanCountsDeliveries(t *testing.T) {
	t.Parallel()
	needLinux(t)
	tests := map[string]WebSocketFan{
		"plain":                  {Transport: WebSocket, Subscribers: 7, Size: 128, Messages: 1000},
		"compressed":             {Transport: Deflate, Subscribers: 7, Size: 1 << 10, Messages: 30},
		"more than count":        {Transport: Deflate, Subscribers: 60, Size: 128, Messages: 10},
		"one message at a time":  {Transport: Deflate, Subscribers: 3, Size: 128, Messages: 40, Alone: true},
		"over TCP, for contrast": {Transport: TCP, Subscribers: 3, Size: 128, Messages: 100},
		"one subscriber":         {Transport: Deflate, Subscribers: 1, Size: 128, Messages: 1},
	}
	for name, fan := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := fan.Run(t.Context(), newFakeServer(t, nil))
			if err != nil {
				t.Fatal(err)
			}
			if want := fan.Messages * int64(fan.Subscribers); m.Messages != want {
				t.Errorf("counted %d messages, want %d", m.Messages, want)
			}
			if m.Elapsed <= 0 || m.CPU <= 0 || m.P99 < m.P50 || m.P50 <= 0 {
				t.Errorf("nothing measured: %+v", m)
			}
		})
	}
}

func TestWebSocketFanNoticesAMisbehavingServer(t *testing.T) {
	t.Parallel()
	needLinux(t)
	fan := WebSocketFan{Transport: Deflate, Subscribers: 4, Size: 128, Messages: 50}
	tests := map[string]struct {
		tamper func(nth int, msg []byte) []byte
		want   string
	}{
		"first payload altered in the warm-up": {func(n int, m []byte) []byte {
			if n == 1 {
				m[len(m)-5] ^= 1
			}
			return m
		}, "differs"},
		"message lost for one who counts": {func(n int, m []byte) []byte {
			if n == 4*20 {
				return nil
			}
			return m
		}, "arrived where"},
		"error of the server": {func(n int, m []byte) []byte {
			if n == 4*30 {
				return []byte("-ERR 'no'\r\n")
			}
			return m
		}, "-ERR 'no'"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := fan.Run(t.Context(), newFakeServer(t, tt.tamper))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestWebSocketFanWaitsForTheMarkOfEverySubscriber(t *testing.T) {
	t.Parallel()
	needLinux(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	missing := errors.New("mark is missing")
	var marks atomic.Int32
	server := newFakeServer(t, func(_ int, m []byte) []byte {
		if !bytes.HasPrefix(m, []byte(mark)) {
			return m
		}
		if marks.Add(1) == 2 { // nobody else is going to get one
			cancel(missing)
			return nil
		}
		return m
	})
	_, err := WebSocketFan{Transport: Deflate, Subscribers: 4, Size: 128, Messages: 50}.Run(ctx, server)
	if !errors.Is(err, missing) {
		t.Errorf("error is %v after %d marks", err, marks.Load())
	}
}

func TestWebSocketFanRefusesWhatCouldMakeASlowConsumer(t *testing.T) {
	t.Parallel()
	_, err := WebSocketFan{Transport: Deflate, Subscribers: 2, Size: 1 << 10, Messages: 1 << 20}.Run(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "every subscriber") {
		t.Errorf("error is %v", err)
	}
}

func TestWebSocketFanMixesSubscriptionIDs(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 1000} {
		f := WebSocketFan{Transport: Deflate, Subscribers: n}
		seen := make(map[int]int)
		counters, ofFirst := 0, 0
		for i := range n {
			seen[f.sid(i)]++
			if f.counts(i) {
				counters++
				if f.sid(i) == 1 {
					ofFirst++
				}
			}
		}
		if seen[1] != n/2 || len(seen) != n/2+1 {
			t.Errorf("%d subscribers: %d have the most common of %d IDs", n, seen[1], len(seen))
		}
		if counters < 2 || counters > 10 || ofFirst != counters/2 {
			t.Errorf("%d subscribers: %d count, of whom %d have the common ID", n, counters, ofFirst)
		}
	}
}

func TestTrustedFindsTheMarkWhateverTheCuts(t *testing.T) {
	t.Parallel()
	stream := []byte("MSG bench.en 1 2\r\nMSG\r\n" + mark + "2 0\r\n\r\n")
	for n := 1; n <= len(stream); n++ {
		a := newAudit()
		a.phase.Store(seeking)
		s := &trusted{audit: a}
		for rest := stream; len(rest) > 0; rest = rest[min(n, len(rest)):] {
			if err := s.take(rest[:min(n, len(rest))]); err != nil {
				t.Fatal(err)
			}
		}
		if got := a.marked.Count(); got != 1 {
			t.Errorf("in pieces of %d: seen %d times", n, got)
		}
	}
}

func TestTrustedWantsNothingWhileTrusted(t *testing.T) {
	t.Parallel()
	a := newAudit()
	s := &trusted{audit: a}
	for phase, want := range map[int32]bool{counting: true, trusting: false, seeking: true} {
		a.phase.Store(phase)
		if got := s.wanted(); got != want {
			t.Errorf("phase %d: wants %t", phase, got)
		}
	}
	a.phase.Store(trusting)
	if err := s.take([]byte("anything " + mark)); err != nil || a.marked.Count() != 0 {
		t.Errorf("looked into it: %v", err)
	}
}

func TestWebSocketPublish(t *testing.T) {
	t.Parallel()
	needLinux(t)
	for _, transport := range []Transport{WebSocket, Deflate} {
		for _, each := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d each %t", transport, each), func(t *testing.T) {
				t.Parallel()
				p := WebSocketPublish{Transport: transport, Size: 1 << 10, Messages: 500, Each: each}
				m, err := p.Run(t.Context(), newFakeServer(t, nil))
				if err != nil {
					t.Fatal(err)
				}
				if m.Messages < p.Messages || m.Messages > p.Messages+documentBytes>>10 {
					t.Errorf("published %d messages", m.Messages)
				}
			})
		}
	}
}

func TestWebSocketPublishHasAllDocumentsInItsFrames(t *testing.T) {
	t.Parallel()
	for _, each := range []bool{false, true} {
		writes, err := WebSocketPublish{Transport: WebSocket, Size: 1 << 10, Each: each}.encode()
		if err != nil {
			t.Fatal(err)
		}
		var messages int64
		for _, w := range writes {
			messages += w.messages
			if len(w.bytes) == 0 || len(w.bytes) > batchBytes+100*(2+8+4) {
				t.Errorf("each %t: write of %d bytes", each, len(w.bytes))
			}
		}
		if messages != documentBytes>>10 {
			t.Errorf("each %t: %d messages", each, messages)
		}
	}
}

func TestUpgrades(t *testing.T) {
	t.Parallel()
	needLinux(t)
	for _, transport := range []Transport{WebSocket, Deflate} {
		m, err := Upgrades{Transport: transport, Count: 50}.Run(t.Context(), newFakeServer(t, nil))
		if err != nil || m.Messages != 50 || m.CPU <= 0 {
			t.Errorf("transport %d: measured %+v, %v", transport, m, err)
		}
	}
}

func TestUpgradesStopAtTheFirstError(t *testing.T) {
	t.Parallel()
	server := newFakeServer(t, nil)
	// The plain port greets instead of answering.
	_, err := Upgrades{Transport: TCP, Count: 50}.Run(t.Context(), server)
	if err == nil || !strings.Contains(err.Error(), "INFO") {
		t.Errorf("error is %v", err)
	}
}

func TestIdleOverWebSocket(t *testing.T) {
	t.Parallel()
	needLinux(t)
	server := newFakeServer(t, nil)
	if _, err := (Idle{Transport: Deflate, Clients: 20}).Run(t.Context(), server); err != nil {
		t.Fatal(err)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if n := len(server.subs); n != 21 {
		t.Errorf("%d subjects subscribed to, want 21", n)
	}
}
