package proc

import "time"

// Eventually reports whether a condition becomes true before [Patience] ends.
func Eventually(condition func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); !condition(); <-tick.C {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}
