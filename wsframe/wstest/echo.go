package wstest

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

// EchoLimit is how long a message may be, bytes: conformance suites send 16 MiB.
const EchoLimit = 16 << 20

// Echo is an http.Handler that sends every message back as it came: text as
// text, whose UTF-8 is checked, binary as binary.
type Echo struct {
	deflate *deflate.Policy

	serving sync.WaitGroup // handlers of open

	mu     sync.Mutex
	closed bool
	open   map[*wsconn.Conn]struct{}
}

// NewEcho returns an Echo that compresses as mode says: "off", "no-takeover" or
// "takeover".
func NewEcho(mode string) (*Echo, error) {
	e := &Echo{open: make(map[*wsconn.Conn]struct{})}
	switch mode {
	case "off":
	case "no-takeover":
		e.deflate = &deflate.Policy{MinServerBits: deflate.MinWindowBits}
	case "takeover":
		e.deflate = &deflate.Policy{
			MinServerBits: deflate.MinWindowBits, ServerContextTakeover: true, ClientContextTakeover: true,
		}
	default:
		return nil, fmt.Errorf("wstest: -deflate is off, no-takeover or takeover, not %q", mode)
	}
	return e, nil
}

// ServeHTTP implements [http.Handler].
func (e *Echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, err := handshake.Upgrade(w, r, &handshake.Options{Deflate: e.deflate})
	if err != nil {
		return // the client has its answer
	}
	c := wsconn.New(u, false, EchoLimit)
	if !e.enter(c) {
		_ = c.Close(wsframe.StatusGoingAway, "")
		return
	}
	defer e.leave(c)
	for {
		op, msg, err := c.ReadMessage()
		if err != nil {
			return
		}
		if err := c.WriteMessage(op, msg); err != nil {
			_ = c.Close(wsframe.StatusInternalError, "")
			return
		}
	}
}

// Close ends all connections with status 1001, refuses others, and waits until
// their handlers have returned.
func (e *Echo) Close() {
	e.mu.Lock()
	e.closed = true
	var closing sync.WaitGroup
	for c := range e.open {
		closing.Go(func() { _ = c.Close(wsframe.StatusGoingAway, "") })
	}
	e.mu.Unlock()
	closing.Wait()
	e.serving.Wait()
}

func (e *Echo) enter(c *wsconn.Conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.serving.Add(1)
	e.open[c] = struct{}{}
	return true
}

func (e *Echo) leave(c *wsconn.Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.open, c)
	e.serving.Done()
}
