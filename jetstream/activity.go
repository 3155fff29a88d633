package jetstream

import "sync/atomic"

// activity runs a function in a goroutine of its own while there is something to
// do. Idle ones cost no goroutine.
type activity struct {
	run   func()
	state atomic.Int32
	done  chan struct{} // closed when it was stopped and has ended
}

// The states of an activity.
const (
	idle    int32 = iota
	running       // run is being called
	again         // and has to be called once more
	stopped
)

// kick has run called, now or as soon as the present call returns.
func (a *activity) kick() {
	for {
		switch s := a.state.Load(); s {
		case idle:
			if a.state.CompareAndSwap(idle, running) {
				go a.loop()
				return
			}
		case running:
			if a.state.CompareAndSwap(running, again) {
				return
			}
		default:
			return
		}
	}
}

func (a *activity) loop() {
	for {
		a.run()
		if a.state.CompareAndSwap(running, idle) {
			return
		}
		if !a.state.CompareAndSwap(again, running) {
			close(a.done) // stopped meanwhile
			return
		}
	}
}

// stop waits until run has returned and never calls it again. It is called once, and
// not by run.
func (a *activity) stop() {
	for {
		s := a.state.Load()
		if a.state.CompareAndSwap(s, stopped) {
			if s == running || s == again {
				<-a.done
			}
			return
		}
	}
}

// newActivity returns an idle activity.
func newActivity(run func()) *activity {
	return &activity{run: run, done: make(chan struct{})}
}
