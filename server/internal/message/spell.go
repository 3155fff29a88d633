package message

import (
	"bytes"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// Receivers whose subscriptions have the same label get the same bytes: most
// clients of an application subscribe in the same order, so their subscription
// ids are equal. For them a message is written out once, behind the one
// before, and each outbox refers to the run of messages that all of them get,
// instead of copying every one. With a hundred receivers that saves most of
// the memory traffic, also in the kernel, which reads the same bytes again.
const (
	// spellMin is from how many receivers on it pays.
	spellMin = 4
	// spellMax is the largest message in bytes; larger bodies are referred to
	// as they are.
	spellMax = 4 << 10
	// spellChunk is the size of a run of messages in bytes.
	spellChunk = 64 << 10
)

// spelling is what a batch writes such messages to, and for whom.
type spelling struct {
	run   *chunk.Chunk // nil if there is none
	used  int          // bytes of it
	label []byte       // the one that most receivers seem to have
	keep  [24]byte     // holds label
	votes int          // how sure that is
}

// A receiver with the label counts for it, others against it: it stays as long
// as a third of the receivers have it, whatever their order is.
const (
	voteFor   = 2
	votesMost = 256
	votesMin  = 2 * voteFor // to write a message out
)

// likes counts a receiver, and reports whether its label is worth writing the
// message out for.
func (s *spelling) likes(label []byte) bool {
	if bytes.Equal(s.label, label) {
		s.votes = min(s.votes+voteFor, votesMost)
		return s.votes >= votesMin
	}
	if s.votes--; s.votes < 0 {
		s.label, s.votes = s.keep[:copy(s.keep[:], label)], voteFor
	}
	return false
}

// end gives up the run: nobody writes behind it any more.
func (s *spelling) end() {
	if s.run != nil {
		s.run.Release()
		s.run = nil
	}
	s.votes = 0
}

// spelled is a message written out for one label.
type spelled struct {
	of       *chunk.Frame // what was written out; nil for nothing
	label    [24]byte     // for whom, the first labelLen bytes
	labelLen int
	frame    chunk.Frame
}

// Spell returns f, which is m.Full() or m.Plain(), written out for the label, if
// many receivers are likely to have the same one; and f otherwise. It is valid
// until the message changes, or another label or layout is asked for.
func (m *Message) Spell(f *chunk.Frame, label []byte, b *Batch) *chunk.Frame {
	n := len(f.Head) + len(label) + len(f.Mid) + len(f.Body)
	s := &b.spelling
	if m.Receivers < spellMin || n > spellMax || len(label) > len(s.keep) || !s.likes(label) {
		return f
	}
	w := &m.layouts.spelled
	if w.of != f || !bytes.Equal(w.label[:w.labelLen], label) {
		w.of, w.labelLen = f, copy(w.label[:], label)
		w.frame = chunk.Frame{Body: s.write(f, label, n), Owner: s.run, Whole: true, Size: f.Size}
	}
	return &w.frame
}

// write writes a message of n bytes to the run.
func (s *spelling) write(f *chunk.Frame, label []byte, n int) []byte {
	if s.run == nil || len(s.run.Buf)-s.used < n {
		if s.run != nil {
			s.run.Release()
		}
		s.run, s.used = chunk.Get(spellChunk), 0
	}
	to := s.run.Buf[s.used : s.used+n]
	i := copy(to, f.Head)
	i += copy(to[i:], label)
	i += copy(to[i:], f.Mid)
	copy(to[i:], f.Body)
	s.used += n
	return to
}
