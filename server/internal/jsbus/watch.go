package jsbus

import (
	"sync"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// watchers are told when somebody begins to listen to their subjects.
type watchers struct {
	mu        sync.RWMutex
	bySubject map[string]map[*watcher]struct{} // guarded by mu
}

type watcher struct{ fn func() }

// add adds a watcher of a literal subject.
func (w *watchers) add(subj string, fn func()) (stop func()) {
	one := &watcher{fn}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.bySubject == nil {
		w.bySubject = make(map[string]map[*watcher]struct{})
	}
	if w.bySubject[subj] == nil {
		w.bySubject[subj] = make(map[*watcher]struct{})
	}
	w.bySubject[subj][one] = struct{}{}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if delete(w.bySubject[subj], one); len(w.bySubject[subj]) == 0 {
			delete(w.bySubject, subj)
		}
	}
}

// began tells those whose subject matches that of a new subscription. Most of them
// have no wildcards: that is one look.
func (w *watchers) began(pattern string) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if len(w.bySubject) == 0 {
		return
	}
	if !subject.HasWildcard(pattern) {
		for one := range w.bySubject[pattern] {
			one.fn()
		}
		return
	}
	for subj, list := range w.bySubject {
		if subject.Match(pattern, subj) {
			for one := range list {
				one.fn()
			}
		}
	}
}
