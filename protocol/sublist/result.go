package sublist

// Result receives what [Index.Match] finds. It is meant to be used again and
// again by one goroutine; the zero value is ready.
//
// The slices in it belong to the index and must not be written to. They are
// valid for as long as one likes: what was matched does not change afterwards.
type Result[T any] struct {
	// Plain holds the subscribers without a queue group, in segments of which
	// none is empty. There is no order.
	Plain [][]T
	// Queues holds one group per queue name; none is empty.
	Queues []Group[T]

	here, next []*branch[T] // trie nodes reached by the tokens so far
	byName     map[string]int
	named      int // Queues[:named] are in byName
}

// Group is the members of one queue group, across all subjects that matched.
type Group[T any] struct {
	Name     string
	segments []segment[T]
}

// segment is some members of a group, and how many there are up to its end.
type segment[T any] struct {
	vals []T
	end  int
}

// Len returns the number of members, at least one.
func (g *Group[T]) Len() int { return g.segments[len(g.segments)-1].end }

// At returns member i, counting from 0. To deliver once, start anywhere and
// walk on, from the last member to the first, until one takes the message.
func (g *Group[T]) At(i int) T {
	lo, hi := 0, len(g.segments)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if i < g.segments[mid].end {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	s := &g.segments[lo]
	return s.vals[i-s.end+len(s.vals)]
}

func (g *Group[T]) add(vals []T) {
	end := len(vals)
	if n := len(g.segments); n > 0 {
		end += g.segments[n-1].end
	}
	g.segments = append(g.segments, segment[T]{vals, end})
}

// Empty returns whether nothing matched.
func (r *Result[T]) Empty() bool { return len(r.Plain) == 0 && len(r.Queues) == 0 }

// Reset drops what r refers to, so that the garbage collector can have it, and
// keeps r's own memory. Match needs no Reset before it.
func (r *Result[T]) Reset() {
	clear(r.Plain[:cap(r.Plain)])
	queues := r.Queues[:cap(r.Queues)]
	for i := range queues {
		g := &queues[i]
		clear(g.segments[:cap(g.segments)])
		*g = Group[T]{segments: g.segments[:0]}
	}
	clear(r.here[:cap(r.here)])
	clear(r.next[:cap(r.next)])
	r.rewind()
}

// rewind empties r for the next match.
func (r *Result[T]) rewind() {
	r.Plain = r.Plain[:0]
	r.Queues = r.Queues[:0]
	if r.named > 0 {
		clear(r.byName)
		r.named = 0
	}
}

// collect adds the subscribers of l.
func (r *Result[T]) collect(l *leaf[T]) {
	c := l.crowd
	if c == nil {
		if g := l.first.group; g == nil {
			r.Plain = append(r.Plain, l.one[:])
		} else {
			r.group(g.name, len(r.Queues)).add(l.one[:])
		}
		return
	}
	c.plain.segments(func(vs []T) { r.Plain = append(r.Plain, vs) })
	// Names within one leaf differ, so only those of other leaves need to be
	// looked for. But in a wide list a group may vanish in one chunk and be
	// founded anew in another while we read.
	earlier := len(r.Queues)
	wide := c.groups.isWide()
	c.groups.segments(func(gs []*group[T]) {
		for _, g := range gs {
			if wide {
				earlier = len(r.Queues)
			}
			r.collectGroup(g, earlier)
		}
	})
}

func (r *Result[T]) collectGroup(g *group[T], earlier int) {
	var to *Group[T] // found with the first member: the last one may just have left
	g.members.segments(func(vs []T) {
		if to == nil {
			to = r.group(g.name, earlier)
		}
		to.add(vs)
	})
}

// group returns the group of that name among the first earlier ones, or a new
// one.
func (r *Result[T]) group(name string, earlier int) *Group[T] {
	if earlier <= fewGroups {
		for i := range r.Queues[:earlier] {
			if r.Queues[i].Name == name {
				return &r.Queues[i]
			}
		}
		return r.newGroup(name)
	}
	if r.byName == nil {
		r.byName = make(map[string]int)
	}
	for ; r.named < earlier; r.named++ {
		r.byName[r.Queues[r.named].Name] = r.named
	}
	if i, ok := r.byName[name]; ok {
		return &r.Queues[i]
	}
	return r.newGroup(name)
}

// newGroup adds a group, with the memory that one had in an earlier match.
func (r *Result[T]) newGroup(name string) *Group[T] {
	n := len(r.Queues)
	if n < cap(r.Queues) {
		r.Queues = r.Queues[:n+1]
	} else {
		r.Queues = append(r.Queues, Group[T]{})
	}
	g := &r.Queues[n]
	g.Name, g.segments = name, g.segments[:0]
	return g
}
