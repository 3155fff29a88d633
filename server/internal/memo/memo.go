package memo

import (
	"bytes"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// Size is how many results are remembered: enough for the pieces of a few
// kinds of receivers. The one used longest ago is forgotten.
const Size = 8

// least is how many bytes are worth the comparison.
const least = 256

// Memo belongs to one goroutine. The zero value is empty. It holds references
// on chunks, so it is to be emptied as soon as the receivers are flushed.
type Memo struct {
	entries [Size]entry // the first n, the one used last in front
	n       int
}

type entry struct {
	from, to      *chunk.Chunk
	plain, packed []byte
}

// Find returns what plain was compressed to, if that is remembered, with a
// reference for the caller.
func (m *Memo) Find(plain []byte) (to *chunk.Chunk, packed []byte, ok bool) {
	if len(plain) < least {
		return nil, nil, false
	}
	for i := range m.entries[:m.n] {
		e := m.entries[i]
		if !bytes.Equal(e.plain, plain) {
			continue
		}
		copy(m.entries[1:i+1], m.entries[:i])
		m.entries[0] = e
		e.to.Retain()
		return e.to, e.packed, true
	}
	return nil, nil, false
}

// Keep remembers that plain, which lies in from, was compressed to packed,
// which lies in to. Nobody changes either any more.
func (m *Memo) Keep(from *chunk.Chunk, plain []byte, to *chunk.Chunk, packed []byte) {
	if len(plain) < least {
		return
	}
	if m.n == Size {
		m.n--
		m.entries[m.n].release()
	}
	copy(m.entries[1:m.n+1], m.entries[:m.n])
	m.n++
	from.Retain()
	to.Retain()
	m.entries[0] = entry{from, to, plain, packed}
}

// Forget empties the memo.
func (m *Memo) Forget() {
	for i := range m.entries[:m.n] {
		m.entries[i].release()
		m.entries[i] = entry{}
	}
	m.n = 0
}

func (e *entry) release() {
	e.from.Release()
	e.to.Release()
}
