package jetstream

import (
	"sync"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// keeper writes checkpoints in the background, so that the log stays short: at a
// restart only what came after them has to be read again.
type keeper struct {
	engine *Engine
	quit   chan struct{}
	done   sync.WaitGroup
}

const (
	// keepEvery is how often the keeper looks.
	keepEvery = 2 * time.Second
	// maxLog is how much of the log may wait for checkpoints, in bytes.
	maxLog = 256 << 20
)

func (k *keeper) start(e *Engine) {
	k.engine, k.quit = e, make(chan struct{})
	k.done.Go(func() {
		t := time.NewTicker(keepEvery)
		defer t.Stop()
		for {
			select {
			case <-k.quit:
				return
			case <-t.C:
				k.look()
			}
		}
	})
}

// stop ends the keeper and waits for it.
func (k *keeper) stop() {
	close(k.quit)
	k.done.Wait()
}

// look writes the checkpoints of the streams that hold up the log, oldest first, and
// lets go of what nobody needs.
func (k *keeper) look() {
	e := k.engine
	end := e.log.End()
	oldest := end
	for _, a := range e.Accounts() {
		for _, s := range a.Streams() {
			at, dirty := s.checkpointed()
			if dirty && end-at > maxLog/2 {
				if err := s.checkpoint(); err != nil {
					e.cfg.Log.Error("checkpoint failed", "account", a.name, "stream", s.name, "error", err)
				}
				at, dirty = s.checkpointed()
			}
			if dirty {
				oldest = min(oldest, at)
			}
		}
	}
	e.log.Release(oldest)
}

// checkpointed returns from where on the log is needed for the stream, and whether
// it is at all.
func (s *Stream) checkpointed() (wal.Position, bool) {
	s.marks.mu.Lock()
	defer s.marks.mu.Unlock()
	return s.marks.applied, s.marks.dirty
}
