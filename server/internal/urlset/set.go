package urlset

import (
	"maps"
	"slices"
	"sync"
)

// Set is safe for concurrent use. The zero value is empty.
type Set struct {
	mu      sync.Mutex
	own     []string
	learned map[string]int // how many times it was added and not removed
}

// SetOwn replaces the server's own addresses, and reports whether that changed
// them.
func (s *Set) SetOwn(urls ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Equal(s.own, urls) {
		return false
	}
	s.own = slices.Clone(urls)
	return true
}

// Add counts addresses that somebody else named, and reports whether one of
// them is new.
func (s *Set) Add(urls ...string) (changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.learned == nil {
		s.learned = make(map[string]int, len(urls))
	}
	for _, u := range urls {
		s.learned[u]++
		changed = changed || s.learned[u] == 1
	}
	return changed
}

// Remove takes back what Add counted, and reports whether one of them is gone.
// Addresses that are not there are passed over.
func (s *Set) Remove(urls ...string) (changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range urls {
		switch s.learned[u] {
		case 0:
		case 1:
			delete(s.learned, u)
			changed = true
		default:
			s.learned[u]--
		}
	}
	return changed
}

// All returns the server's own addresses in their order and then those of
// others, sorted; each stands there once.
func (s *Set) All() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.own)
	for _, u := range slices.Sorted(maps.Keys(s.learned)) {
		if !slices.Contains(s.own, u) {
			all = append(all, u)
		}
	}
	return all
}

// Learned returns the addresses of others, sorted.
func (s *Set) Learned() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.learned))
}
