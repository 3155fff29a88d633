package sublist

import "sync/atomic"

// leaf holds the subscribers of one subject. Most subjects have exactly one:
// then the leaf is *solo*, holds the value itself and never changes; a second
// subscriber replaces it by a leaf that points to a crowd. (Were it changed in
// place, the first value would have to stay reachable for as long as the
// subject has any subscriber.)
//
// A leaf is changed by one writer at a time: the holder of the lock of the
// shard or trie that the leaf is in.
type leaf[T any] struct {
	subject string
	branch  *branch[T] // the place in the trie; nil for a literal subject
	crowd   *crowd[T]  // nil: solo
	one     [1]T       // solo: the value, an array so that it can be sliced
	first   Entry[T]   // solo: its entry
}

// crowd holds the subscribers of a subject that has, or had, several.
type crowd[T any] struct {
	plain  list[T]
	groups list[*group[T]]      // none is empty
	byName map[string]*group[T] // groups, once there are more than fewGroups; writers only
}

// group is a queue group on one subject.
type group[T any] struct {
	name    string
	members list[T]
	place   place // in the crowd's groups
}

// fewGroups is how many names are searched one by one.
const fewGroups = 8

// Entry is one subscription in an [Index]: what [Index.Remove] takes.
type Entry[T any] struct {
	// leaf is where the entry is; nil once it is removed. Changed under the
	// lock of the leaf's writer, read before it is taken.
	leaf  atomic.Pointer[leaf[T]]
	group *group[T] // nil: a plain subscriber
	place place     // in the crowd's plain, or in the group's members
}

func newSolo[T any](subject string, at *branch[T], queue string, v T) *leaf[T] {
	l := &leaf[T]{subject: subject, branch: at, one: [1]T{v}}
	if queue != "" {
		l.first.group = &group[T]{name: queue}
	}
	l.first.leaf.Store(l)
	return l
}

// join adds v to l and returns its entry, together with the leaf that takes
// l's place (mostly l itself).
func (l *leaf[T]) join(queue string, v T) (*leaf[T], *Entry[T]) {
	if l.crowd == nil {
		l = l.crowded()
	}
	e := new(Entry[T])
	e.leaf.Store(l)
	if queue != "" {
		e.group = l.crowd.group(queue)
	}
	l.crowd.add(e, v)
	return l, e
}

// crowded returns a leaf that holds what the solo l holds, and can take more.
func (l *leaf[T]) crowded() *leaf[T] {
	n := &leaf[T]{subject: l.subject, branch: l.branch, crowd: new(crowd[T])}
	e := &l.first // with its group: readers of l may look at it, it must not change
	n.crowd.add(e, l.one[0])
	e.leaf.Store(n)
	return n
}

// leave removes e from l and returns whether anyone is left.
func (l *leaf[T]) leave(e *Entry[T]) bool {
	e.leaf.Store(nil)
	c := l.crowd
	if c == nil {
		return false
	}
	g := e.group
	if g == nil {
		c.plain.remove(&e.place)
		return !c.empty()
	}
	g.members.remove(&e.place)
	if g.members.len() == 0 {
		c.groups.remove(&g.place)
		delete(c.byName, g.name)
	}
	return !c.empty()
}

func (c *crowd[T]) empty() bool { return c.plain.len() == 0 && c.groups.len() == 0 }

// add adds v under e. A group becomes visible with its first member.
func (c *crowd[T]) add(e *Entry[T], v T) {
	g := e.group
	if g == nil {
		c.plain.add(v, &e.place)
		return
	}
	fresh := g.members.len() == 0
	g.members.add(v, &e.place)
	if fresh {
		c.groups.add(g, &g.place)
	}
}

// group returns the group of that name. A new one is not yet among c.groups.
func (c *crowd[T]) group(name string) *group[T] {
	if c.byName == nil && c.groups.len() < fewGroups {
		var found *group[T]
		c.groups.segments(func(gs []*group[T]) {
			for _, g := range gs {
				if g.name == name {
					found = g
				}
			}
		})
		if found == nil {
			found = &group[T]{name: name}
		}
		return found
	}
	if c.byName == nil {
		c.byName = make(map[string]*group[T])
		c.groups.segments(func(gs []*group[T]) {
			for _, g := range gs {
				c.byName[g.name] = g
			}
		})
	}
	g := c.byName[name]
	if g == nil {
		g = &group[T]{name: name}
		c.byName[name] = g
	}
	return g
}
