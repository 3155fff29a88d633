package perm

// Cache remembers decisions about publishing. It belongs to one goroutine; the
// zero value is empty.
type Cache struct {
	set   *Set
	known map[string]bool
}

// maxCached is how many subjects are remembered.
const maxCached = 128

// Publish is [Set.Publish], remembered. A Cache that is asked about another Set
// forgets.
func (c *Cache) Publish(s *Set, subj []byte) bool {
	if c.set != s || c.known == nil {
		c.set, c.known = s, make(map[string]bool)
	}
	if ok, known := c.known[string(subj)]; known {
		return ok
	}
	ok := s.Publish(subj)
	if len(c.known) >= maxCached {
		clear(c.known)
	}
	c.known[string(subj)] = ok
	return ok
}
