package load

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// needLinux skips where processor time cannot be read.
func needLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("processor time is read on Linux only")
	}
}

func TestStreamCountsDeliveries(t *testing.T) {
	t.Parallel()
	needLinux(t)
	tests := map[string]struct {
		stream Stream
		want   int64
	}{
		"publish only": {Stream{Publishers: 1, Size: 16, Messages: 5000}, 5000},
		"one to one":   {Stream{Publishers: 1, Subscribers: 1, Size: 16, Messages: 5000}, 5000},
		"one to three": {Stream{Publishers: 1, Subscribers: 3, Size: 128, Messages: 1000}, 3000},
		"large":        {Stream{Publishers: 1, Subscribers: 2, Size: 256 << 10, Messages: 40}, 80},
		"two to two":   {Stream{Publishers: 2, Subscribers: 2, Size: 64, Messages: 1000}, 2000},
		"pairs":        {Stream{Shape: Pairs, Publishers: 4, Subscribers: 4, Size: 128, Messages: 4000}, 4000},
		"queue":        {Stream{Shape: Queue, Publishers: 4, Subscribers: 4, Size: 128, Messages: 4000}, 4000},
		"keys": {Stream{Shape: Keys, Publishers: 1, Subscribers: 1, Size: 32, Messages: 3000,
			Subjects: 500, Used: 500, Wildcards: 100}, 3000},
		"one of the keys": {Stream{Shape: Keys, Publishers: 1, Subscribers: 1, Size: 32, Messages: 3000,
			Subjects: 500, Used: 1}, 3000},
		"beside a stalled one": {Stream{Publishers: 1, Subscribers: 2, Size: 16, Messages: 500, Stalled: 1}, 1000},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := tt.stream.Run(t.Context(), newFakeServer(t, nil))
			if err != nil {
				t.Fatal(err)
			}
			if m.Messages != tt.want {
				t.Errorf("counted %d messages, want %d", m.Messages, tt.want)
			}
			if m.Elapsed <= 0 || m.CPU <= 0 || m.LoadCPU <= 0 || m.RSS <= 0 {
				t.Errorf("nothing measured: %+v", m)
			}
			if tt.stream.Subscribers > 0 && (m.P50 <= 0 || m.P99 < m.P50) {
				t.Errorf("latencies %v and %v", m.P50, m.P99)
			}
		})
	}
}

func TestStreamNoticesAMisbehavingServer(t *testing.T) {
	t.Parallel()
	needLinux(t)
	at := func(nth int, change func([]byte) []byte) func(int, []byte) []byte {
		return func(n int, msg []byte) []byte {
			if n == nth {
				return change(msg)
			}
			return msg
		}
	}
	stream := Stream{Publishers: 1, Subscribers: 1, Size: 32, Messages: 2000}
	last := int(stream.lastSeq())
	tests := map[string]struct {
		tamper func(int, []byte) []byte
		want   string
	}{
		"byte too many":          {at(700, func(m []byte) []byte { return append(m, 'x') }), "out of step"},
		"first payload altered":  {at(0, func(m []byte) []byte { m[len(m)-3] ^= 1; return m }), "differs"},
		"last payload altered":   {at(last, func(m []byte) []byte { m[len(m)-3] ^= 1; return m }), "differs"},
		"other subject at first": {at(0, func(m []byte) []byte { m[4] = 'B'; return m }), "message line"},
		"lost before all others": {at(0, func([]byte) []byte { return nil }), "expected"},
		"error of the server":    {at(5, func([]byte) []byte { return []byte("-ERR 'no'\r\n") }), "-ERR 'no'"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := stream.Run(t.Context(), newFakeServer(t, tt.tamper))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestStreamToleratesPingBetweenMessages(t *testing.T) {
	t.Parallel()
	needLinux(t)
	server := newFakeServer(t, func(n int, msg []byte) []byte {
		if n%7 == 0 {
			return append([]byte("PING\r\n"), msg...)
		}
		return msg
	})
	m, err := Stream{Publishers: 1, Subscribers: 2, Size: 32, Messages: 500}.Run(t.Context(), server)
	if err != nil || m.Messages != 1000 {
		t.Errorf("counted %d, %v", m.Messages, err)
	}
}

func TestStreamEndsWithItsContext(t *testing.T) {
	t.Parallel()
	needLinux(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	// The server swallows everything from the hundredth message on: the run would wait.
	server := newFakeServer(t, func(n int, msg []byte) []byte {
		if n < 100 {
			return msg
		}
		cancel(enough)
		return nil
	})
	_, err := Stream{Publishers: 1, Subscribers: 1, Size: 32, Messages: 5000}.Run(ctx, server)
	if !errors.Is(err, enough) {
		t.Errorf("error is %v", err)
	}
}

func TestStreamReportsAConnectionLost(t *testing.T) {
	t.Parallel()
	needLinux(t)
	var server *fakeServer
	server = newFakeServer(t, func(n int, msg []byte) []byte {
		if n == 100 {
			for _, s := range server.subs[subject] { // called with the lock held
				s.conn.Close()
			}
		}
		return msg
	})
	_, err := Stream{Publishers: 1, Subscribers: 1, Size: 32, Messages: 5000}.Run(t.Context(), server)
	if err == nil || !strings.Contains(err.Error(), "subscriber:") {
		t.Errorf("error is %v", err)
	}
}

func TestRequestReply(t *testing.T) {
	t.Parallel()
	needLinux(t)
	m, err := RequestReply{Size: 16, Requests: 200}.Run(t.Context(), newFakeServer(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if m.Messages != 200 || m.P50 <= 0 || m.P99 < m.P50 || m.CPU <= 0 {
		t.Errorf("measured %+v", m)
	}
}

func TestRequestReplyNoticesAWrongReply(t *testing.T) {
	t.Parallel()
	needLinux(t)
	server := newFakeServer(t, func(n int, msg []byte) []byte {
		if n == 31 {
			return bytes.ToLower(msg)
		}
		return msg
	})
	_, err := RequestReply{Size: 16, Requests: 200}.Run(t.Context(), server)
	if err == nil || !strings.Contains(err.Error(), "expected") {
		t.Errorf("error is %v", err)
	}
}

func TestIdle(t *testing.T) {
	t.Parallel()
	needLinux(t)
	server := newFakeServer(t, nil)
	if _, err := (Idle{Clients: 20}).Run(t.Context(), server); err != nil {
		t.Fatal(err)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if n := len(server.subs); n != 21 {
		t.Errorf("%d subjects subscribed to, want 21", n)
	}
}

func TestIdleEndsWithItsContext(t *testing.T) {
	t.Parallel()
	needLinux(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := Idle{Clients: 1, Settle: time.Hour}.Run(ctx, newFakeServer(t, nil))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
}
