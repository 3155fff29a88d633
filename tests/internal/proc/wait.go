package proc

import "time"

// patience is how long a condition may take to become true.
const patience = 10 * time.Second

// Eventually reports whether a condition becomes true before patience ends.
func Eventually(condition func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !condition(); <-tick.C {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}
