package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/dunlin-mq/dunlin/tools/bench/load/ws"
)

// WebSocketPublish publishes documents over one WebSocket; nobody subscribes. Frames are encoded
// once, because compressing costs the load more than inflating costs the server.
type WebSocketPublish struct {
	Transport Transport // a WebSocket
	Size      int       // payload bytes
	Messages  int64     // to publish in the measured span, at least
	// Each puts every message into a frame of its own. Otherwise a frame holds as many as
	// clients write at a time.
	Each bool
}

// frameBytes is how much clients put into a frame when they have much to say, in bytes before
// compression.
const frameBytes = 32 << 10

// Run measures the publishing, after a warm-up of a tenth of the messages.
func (p WebSocketPublish) Run(ctx context.Context, server Server) (Measurement, error) {
	writes, err := p.encode()
	if err != nil {
		return Measurement{}, err
	}
	se := newSession(ctx, server)
	defer se.close()
	c, err := se.dial(p.Transport, "")
	if err != nil {
		return Measurement{}, err
	}
	if _, err := p.pass(c, writes, p.Messages/10); err != nil {
		return Measurement{}, err
	}
	return se.measureSpan(func() (int64, error) { return p.pass(c, writes, p.Messages) })
}

// write is what goes to the socket at a time.
type write struct {
	bytes    []byte
	messages int64
}

// encode returns frames for all documents, joined to writes of the usual size.
func (p WebSocketPublish) encode() ([]write, error) {
	docs, err := newDocuments(p.Size)
	if err != nil {
		return nil, err
	}
	batch, err := NewBatch([]string{fanSubject}, docs)
	if err != nil {
		return nil, err
	}
	perFrame := max(1, frameBytes/batch.stride)
	if p.Each {
		perFrame = 1
	}
	writes := make([]write, 1)
	for pos := 0; pos < batch.total; pos += perFrame {
		n := min(perFrame, batch.total-pos)
		commands := batch.stamped(pos, n, 0, int64(pos))
		if p.Transport == Deflate {
			if commands, err = ws.Deflate(commands); err != nil {
				return nil, err
			}
		}
		last := &writes[len(writes)-1]
		if len(last.bytes)+len(commands) > batchBytes && last.messages > 0 {
			writes = append(writes, write{})
			last = &writes[len(writes)-1]
		}
		last.bytes = ws.AppendFrame(last.bytes, ws.Binary, p.Transport == Deflate, rand.Uint32(), commands)
		last.messages += int64(n)
	}
	return writes, nil
}

// pass publishes at least n messages, waits until the server has worked through them and returns
// their number.
func (p WebSocketPublish) pass(c *Conn, writes []write, n int64) (int64, error) {
	if err := c.SetDeadline(time.Now().Add(passTimeout)); err != nil {
		return 0, err
	}
	var done int64
	for i := 0; done < n; i++ {
		w := writes[i%len(writes)]
		if _, err := c.TCPConn.Write(w.bytes); err != nil {
			return done, fmt.Errorf("publisher: %w", err)
		}
		done += w.messages
	}
	if err := c.exchange(nil); err != nil {
		return done, fmt.Errorf("publisher: %w", err)
	}
	return done, nil
}
