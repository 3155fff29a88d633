package server

import (
	"io"
	"net"
	"testing"
	"time"
)

// When a server ends, it closes the clients that it knows. One that was counted
// in but was not known yet must not be forgotten: the server would wait for it.
func TestClientThatArrivesDuringShutdownIsClosed(t *testing.T) {
	t.Parallel()
	s, err := New(Options{DontListen: true})
	if err != nil {
		t.Fatal(err)
	}
	s.running = true
	if !s.enter() {
		t.Fatal("a running server wants no clients")
	}
	s.mu.Lock()
	s.stopping = true // and all known clients are closed now
	s.mu.Unlock()
	near, far := net.Pipe()
	defer near.Close()
	near.SetDeadline(time.Now().Add(patience))
	go s.attend(far)
	if _, err := io.ReadAll(near); err != nil {
		t.Errorf("the client is not let go: %v", err)
	}
	s.clients.Wait()
	if s.enter() {
		t.Error("a server that ends wants more clients")
	}
}

// When Run returns, everything about its clients is settled.
func TestShutdownWaitsUntilClientsAreRemembered(t *testing.T) {
	t.Parallel()
	const count = 50
	s := start(t, Options{})
	for range count {
		dial(t, s)
	}
	s.Shutdown()
	if open, closed := s.env.Registry.Len(), len(s.env.Registry.Closed()); open != 0 || closed != count {
		t.Errorf("%d clients are open and %d closed, want all %d closed", open, closed, count)
	}
}
