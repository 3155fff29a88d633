package consumer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/jetstream/store"
)

// startLastPerSubject notes the last message of every subject to be delivered first,
// and returns the sequence that delivery seems to begin with.
func (m *Machine) startLastPerSubject(s *store.State) uint64 {
	m.skip = nil
	m.messages.Subjects(m.filter, func(_ []byte, st store.SubjectState) bool {
		if st.LastSeq <= s.LastSeq {
			m.skip = append(m.skip, st.LastSeq)
		}
		return true
	})
	slices.Sort(m.skip)
	if len(m.skip) == 0 {
		return s.LastSeq + 1
	}
	return m.skip[0]
}

// after is the last sequence that is not delivered in the order of the stream.
func (m *Machine) after() uint64 {
	if n := len(m.skip); n > 0 {
		return max(m.skip[n-1], m.delivered.stream)
	}
	return m.delivered.stream
}

// ahead counts the messages that are still to be delivered for the first time. What
// has arrived since the last time is counted now, so that arrivals cost nothing while
// nobody asks.
func (m *Machine) pendingAhead() uint64 {
	from := m.after()
	last := m.messages.LastSeq()
	switch {
	case m.recount:
		m.recount = false
		m.ahead = m.messages.Count(m.filter, from+1, last)
		m.counted = last
	case last > m.counted:
		m.ahead += m.messages.Count(m.filter, max(m.counted, from)+1, last)
		m.counted = last
	}
	return m.ahead + uint64(len(m.skip))
}

// sampleOf reads what share of acknowledgements is told of, in percent.
func sampleOf(text string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(text, "%"))
	if err != nil {
		return 0
	}
	return min(max(n, 0), 100)
}
