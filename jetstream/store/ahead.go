package store

import "sync"

// blockSize is how many bytes are read at a time, by who reads messages in a row.
const blockSize = 128 << 10

// nearby is how far apart two messages may lie to be in a row, in bytes.
const nearby = 16 << 10

// blocks are memory for reading ahead.
var blocks = sync.Pool{New: func() any { b := make([]byte, blockSize); return &b }}

// readAhead is what was read beyond what was asked for. Messages do not change where they
// lie, so it stays true; whether they are still wanted is for the index to say.
type readAhead struct {
	memory *[]byte
	block  []byte
	from   place // of block
	last   place // where the last message ended that was read on its own
}

// get returns the bytes at a place, nil if they are not in the block.
func (a *readAhead) get(at place) []byte {
	if a.block == nil || at.segment != a.from.segment || at.at < a.from.at {
		return nil
	}
	i := at.at - a.from.at
	if i+uint64(at.size) > uint64(len(a.block)) {
		return nil
	}
	end := i + uint64(at.size)
	return a.block[i:end:end]
}

// follows reports whether it pays to read ahead: the place follows what was read before.
func (a *readAhead) follows(at place) bool {
	if at.size > blockSize/4 {
		return false
	}
	if a.block != nil && at.segment == a.from.segment && at.at >= a.from.at {
		return at.at <= a.from.at+uint64(len(a.block))+nearby
	}
	return at.segment == a.last.segment && at.at >= a.last.at && at.at-a.last.at < nearby && a.last.at > 0
}

// grow makes the block empty and of full size.
func (a *readAhead) grow() {
	if a.memory == nil {
		a.memory = blocks.Get().(*[]byte)
	}
	a.block = (*a.memory)[:blockSize]
}

// release gives the block back.
func (a *readAhead) release() {
	if a.memory != nil {
		blocks.Put(a.memory)
	}
	*a = readAhead{}
}
