package load

import (
	"fmt"
	"math/rand/v2"
)

// Subjects are of constant length within a run, so that messages are, too.
const (
	subject    = "bench.stream"
	queueGroup = "workers"
)

// wiring lists what the connections of a Stream say.
type wiring struct {
	pubs    [][]string // per publisher: the subjects it walks over
	subs    [][]byte   // per subscriber: its SUB commands
	heads   []string   // per subscriber: how its MSG lines start
	headLen int        // length of every MSG line with its CRLF
}

// wiring computes the subjects and subscriptions of the stream.
func (s Stream) wiring() wiring {
	if s.Shape == Keys {
		return s.keys()
	}
	var w wiring
	for i := range s.Publishers {
		w.pubs = append(w.pubs, []string{s.subjectOf(i)})
	}
	queue := ""
	if s.Shape == Queue {
		queue = queueGroup + " "
	}
	for i := range s.Subscribers {
		head := fmt.Sprintf("MSG %s 1 %d\r\n", s.subjectOf(i), s.Size)
		w.subs = append(w.subs, fmt.Appendf(nil, "SUB %s %s1\r\n", s.subjectOf(i), queue))
		w.heads = append(w.heads, head)
		w.headLen = len(head)
	}
	return w
}

func (s Stream) subjectOf(i int) string {
	if s.Shape == Pairs {
		return fmt.Sprintf("%s.%04d", subject, i)
	}
	return subject
}

// keys wires one publisher to one subscriber over many literal subjects. The order of publishing
// is random but the same every time; a server cannot profit from neighbourhood, and rounds can be
// compared.
func (s Stream) keys() wiring {
	w := wiring{pubs: make([][]string, 1), subs: make([][]byte, 1), heads: []string{"MSG bench.key."}}
	for i := range s.Subjects {
		w.subs[0] = fmt.Appendf(w.subs[0], "SUB %s %06d\r\n", key(i), i)
	}
	w.headLen = len(fmt.Sprintf("MSG %s %06d %d\r\n", key(0), 0, s.Size))
	rnd := rand.New(rand.NewPCG(1, uint64(s.Subjects)))
	for _, i := range rnd.Perm(s.Subjects)[:s.Used] {
		w.pubs[0] = append(w.pubs[0], key(i))
	}
	return w
}

func key(i int) string { return fmt.Sprintf("bench.key.%06d", i) }

// wildcardSubs returns SUB commands for n wildcard subjects. They share their tokens with the
// published ones as far as possible without matching any of them.
func wildcardSubs(n int) []byte {
	var commands []byte
	for i := range n {
		commands = fmt.Appendf(commands, "SUB bench.*.w%06d %d\r\n", i, i)
	}
	return commands
}
