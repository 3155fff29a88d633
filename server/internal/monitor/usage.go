package monitor

import (
	"math"
	"sync"
	"time"
)

// usage says how much of the machine the process takes. Nobody measures in
// the background: the share of the CPU is that since it was last asked for,
// at least minWindow ago, and at first that since the monitor was made.
type usage struct {
	mu      sync.Mutex
	at      time.Time
	cpu     time.Duration // used until then
	percent float64
}

// minWindow is the shortest time over which a share of the CPU means anything.
const minWindow = time.Second

// start begins the first window.
func (u *usage) start(at time.Time) { u.at, u.cpu = at, cpuTime() }

// look returns the resident memory in bytes and the CPU in percent of one
// core.
func (u *usage) look(at time.Time) (resident int64, percent float64) {
	resident = residentMemory()
	u.mu.Lock()
	defer u.mu.Unlock()
	window := at.Sub(u.at)
	if window >= minWindow {
		used := cpuTime()
		u.percent = math.Round(1000*float64(used-u.cpu)/float64(window)) / 10
		u.at, u.cpu = at, used
	}
	return resident, u.percent
}
