package transport

import (
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// script is a net.Listener that accepts or fails as it is told, and then
// waits until it is closed.
type script struct {
	results chan error // nil accepts a connection
	closed  chan struct{}
}

func newScript(results ...error) *script {
	s := &script{make(chan error, len(results)), make(chan struct{})}
	for _, r := range results {
		s.results <- r
	}
	return s
}

func (s *script) Accept() (net.Conn, error) {
	select {
	case err := <-s.results:
		if err != nil {
			return nil, err
		}
		near, _ := net.Pipe()
		return near, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

func (s *script) Close() error   { close(s.closed); return nil }
func (s *script) Addr() net.Addr { return nil }

var errAccept = errors.New("too many open files")

func TestAcceptErrorsAreReportedAndRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newListener(newScript(errAccept, errAccept, nil, errAccept, nil))
		start := time.Now()
		var mu sync.Mutex
		log := map[string]int{} // two goroutines may note something at the same moment
		note := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			log[what+" after "+time.Since(start).String()]++
		}
		ended := make(chan bool)
		go func() {
			l.Serve(func(nc net.Conn) { note("accepted"); nc.Close() }, func(err error) { note(err.Error()) })
			close(ended)
		}()
		time.Sleep(time.Minute)
		want := map[string]int{
			"too many open files after 0s":   1,
			"too many open files after 10ms": 1,
			"accepted after 30ms":            1,
			"too many open files after 30ms": 1,
			"accepted after 40ms":            1,
		}
		mu.Lock()
		if diff := cmp.Diff(want, log); diff != "" {
			t.Error(diff)
		}
		mu.Unlock()
		l.Close()
		l.Close() // once is enough, twice does no harm
		<-ended
	})
}

// A listener that waits after an error is closed at once.
func TestCloseEndsTheWaitAfterAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		results := make([]error, 20)
		for i := range results {
			results[i] = errAccept
		}
		l := newListener(newScript(results...))
		reported := 0
		ended := make(chan bool)
		go func() {
			l.Serve(func(net.Conn) {}, func(error) { reported++ })
			close(ended)
		}()
		time.Sleep(acceptMaxDelay * 5 / 2)
		synctest.Wait()
		start := time.Now()
		l.Close()
		<-ended
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v", took)
		}
		if diff := cmp.Diff(9, reported); diff != "" { // 10 ms doubled up to a second
			t.Errorf("attempts: %s", diff)
		}
	})
}

func TestListenerAcceptsAndCloses(t *testing.T) {
	t.Parallel()
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended, accepted := make(chan bool), make(chan net.Conn)
	go func() {
		l.Serve(func(nc net.Conn) { accepted <- nc }, func(err error) { t.Error(err) })
		close(ended)
	}()
	peer, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	nc := <-accepted
	l.Close()
	<-ended
	if _, err := nc.Write([]byte("x")); err != nil {
		t.Errorf("an accepted connection ends with its listener: %v", err)
	}
	nc.Close()
	peer.Close()
	if _, err := Listen("256.0.0.1:0"); err == nil {
		t.Error("listens on no address")
	}
}

func TestRateLimitCountsInWindows(t *testing.T) {
	t.Parallel()
	start := time.Unix(1000, 0)
	type answer struct {
		OK       bool
		Rejected int
	}
	var r RateLimit
	for i, tt := range []struct {
		after time.Duration
		limit int
		want  answer
	}{
		{0, 2, answer{true, 0}},
		{500 * time.Millisecond, 2, answer{true, 0}},
		{999 * time.Millisecond, 2, answer{false, 0}},
		{999 * time.Millisecond, 2, answer{false, 0}},
		{1000 * time.Millisecond, 2, answer{true, 2}}, // a new second, and what the last one cost
		{1001 * time.Millisecond, 1, answer{false, 0}},
		{1002 * time.Millisecond, 0, answer{true, 0}}, // no limit
		{5000 * time.Millisecond, 1, answer{true, 1}},
	} {
		ok, rejected := r.Allow(tt.limit, start.Add(tt.after))
		if diff := cmp.Diff(tt.want, answer{ok, rejected}); diff != "" {
			t.Errorf("attempt %d: %s", i, diff)
		}
	}
}
