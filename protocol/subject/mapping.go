package subject

import (
	"cmp"
	"slices"
)

// Dest is one destination of a [Mapping].
type Dest struct {
	// Subject is written as for [NewTransform].
	Subject string
	// Weight is the share of the messages in percent, 0 to 100.
	Weight uint8
	// Cluster restricts the destination to servers of the cluster with that
	// name; empty means those that have no destinations of their own.
	Cluster string
}

// Mapping spreads the messages on one source pattern over weighted
// destinations.
//
// The destinations that name a cluster are a set of their own, used by its
// servers instead of those that name none. Where the weights of a set do not
// add up to 100, the remaining messages keep their subject, unless the source
// itself is in that set: then they are lost, which is how message loss is
// simulated. (In the reference server a source listed for one cluster makes
// all other clusters lose their remainder too.)
type Mapping struct {
	src  string
	sets map[string]*destSet // by cluster; "" is the set of all others
}

// NewMapping compiles a mapping. Its error is a [*MappingError], or what is
// wrong with a destination as [NewTransform] tells it.
func NewMapping(src string, dests ...Dest) (*Mapping, error) {
	if !ValidStrict(src) {
		return nil, &MappingError{Reason: ErrMappingSubject, Subject: src}
	}
	m := &Mapping{src: src, sets: map[string]*destSet{"": {}}}
	seen := make(map[string]bool, len(dests))
	for _, d := range dests {
		if seen[d.Subject] {
			return nil, &MappingError{Reason: ErrDuplicateDest, Subject: d.Subject}
		}
		seen[d.Subject] = true
		if m.sets[d.Cluster] == nil {
			m.sets[d.Cluster] = &destSet{}
		}
		if err := m.sets[d.Cluster].add(src, d); err != nil {
			return nil, err
		}
	}
	for _, set := range m.sets {
		set.close()
	}
	return m, nil
}

// Source returns the pattern whose matches are mapped.
func (m *Mapping) Source() string { return m.src }

// destSet is the set of destinations that one server draws from.
type destSet struct {
	choices []choice // by rising weight
	total   int      // of the weights, in percent
	lossy   bool     // what is missing to 100 is lost
}

// choice is one destination of a set. While a set is being built limit is the
// weight; after that a draw below limit, and not below that of the choice in
// front, selects it.
type choice struct {
	limit     int
	transform *Transform // nil keeps the subject
}

func (set *destSet) add(src string, d Dest) error {
	if d.Weight > 100 {
		return &MappingError{Reason: ErrWeight, Subject: d.Subject, Weight: d.Weight}
	}
	if d.Subject == "" {
		return &MappingError{Reason: ErrMappingSubject, Subject: d.Subject}
	}
	for token := range Tokens(d.Subject) {
		if !isFunction(token) && (token == "" || holdsAny(token, configBlank)) {
			return &DestError{Reason: ErrInvalidTransform}
		}
	}
	transform, err := NewTransform(src, d.Subject)
	if err != nil {
		return err
	}
	set.total += int(d.Weight)
	if set.total > 100 {
		return &MappingError{Reason: ErrTotalWeight, Subject: d.Subject}
	}
	if d.Subject == src {
		set.lossy = true
		transform = nil
	}
	set.choices = append(set.choices, choice{int(d.Weight), transform})
	return nil
}

// close sorts the choices and turns their weights into limits.
func (set *destSet) close() {
	slices.SortStableFunc(set.choices, func(a, b choice) int { return cmp.Compare(a.limit, b.limit) })
	limit := 0
	for i := range set.choices {
		limit += set.choices[i].limit
		set.choices[i].limit = limit
	}
}

// apply appends what becomes of a subject that matches the source, and reports
// whether it changed.
func (set *destSet) apply(dst, subject []byte, random Rand) ([]byte, bool) {
	if set.total == 0 {
		return dst, set.lossy
	}
	draw := 0
	if set.choices[0].limit < 100 {
		draw = randInt(random, 100)
	}
	for i := range set.choices {
		c := &set.choices[i]
		switch {
		case draw >= c.limit:
		case c.transform == nil:
			return dst, false
		default:
			return c.transform.rewrite(dst, subject, random), true
		}
	}
	return dst, set.lossy
}

// Mappings is the ordered list of mappings that a server of one cluster
// applies. The zero value and nil change no subject.
type Mappings struct {
	entries []mappingEntry
	random  Rand
}

type mappingEntry struct {
	src string
	set *destSet
}

// NewMappings lists mappings in the order in which they are tried, for a
// server in the named cluster, or in none.
func NewMappings(cluster string, list ...*Mapping) *Mappings {
	m := &Mappings{entries: make([]mappingEntry, 0, len(list))}
	for _, mapping := range list {
		set := mapping.sets[cluster]
		if set == nil {
			set = mapping.sets[""]
		}
		m.entries = append(m.entries, mappingEntry{mapping.src, set})
	}
	return m
}

// WithRand returns a copy of m that takes its random numbers from r instead of
// the process-wide generator, for tests that need to know the outcome.
func (m *Mappings) WithRand(r Rand) *Mappings {
	return &Mappings{entries: m.entries, random: r}
}

// Len returns the number of mappings. A server asks it before it spends time
// on mapping.
func (m *Mappings) Len() int {
	if m == nil {
		return 0
	}
	return len(m.entries)
}

// Map appends to dst the subject that a message published on subject gets, and
// reports whether that is another one. If not, dst comes back as it is. The
// first mapping whose source matches decides; its result is not mapped again.
//
// If the message is to be lost, the subject is another one and nothing is
// appended: the empty subject reaches nobody. dst must not share memory with
// subject.
func (m *Mappings) Map(dst, subject []byte) (mapped []byte, changed bool) {
	if m == nil {
		return dst, false
	}
	for i := range m.entries {
		e := &m.entries[i]
		if Match(e.src, subject) {
			return e.set.apply(dst, subject, m.random)
		}
	}
	return dst, false
}
