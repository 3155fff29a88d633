package websocket

import (
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

// guest is the [conn.Session] of a connection that has no other yet: whatever
// it is sent has to be written by this time.
type guest time.Time

// Receive is never called, as nobody serves the connection.
func (guest) Receive(b []byte, _ *chunk.Chunk) (int, int, error) { return len(b), 0, ErrGone }

func (g guest) WriteDeadline() time.Duration    { return time.Until(time.Time(g)) }
func (guest) WriteStalled(conn.WriteStall) bool { return false }
func (guest) WriteRecovered(late time.Duration) {}
