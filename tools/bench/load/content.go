package load

import (
	"bytes"
	"encoding/binary"
)

// content makes the payloads of a run, all of one length, and recognises them. Every payload
// carries a stamp: the time of writing and a sequence number.
type content interface {
	// size is the length of a payload.
	size() int
	// stampSize is how much of the start of a payload its stamp takes.
	stampSize() int
	// variety is how many payloads differ in more than the stamp; the nth repeats after so many.
	variety() int
	// append appends the nth payload with an empty stamp.
	append(dst []byte, n int) []byte
	// stampAll writes stamps into payloads that stand stride bytes apart in b, with ascending
	// sequence numbers.
	stampAll(b []byte, stride int, now, seq int64)
	// stampOf reads the stamp at the start of a payload.
	stampOf(payload []byte) (now, seq int64)
}

// matches reports whether a payload is the one that was published with its sequence number,
// leaving aside the stamp.
func matches(c content, payload []byte, seq int64) bool {
	want := c.append(make([]byte, 0, c.size()), int(seq%int64(c.variety())))
	return bytes.Equal(payload[c.stampSize():], want[c.stampSize():])
}

// The stamp of letters: eight bytes each.
const (
	seqOffset = 8
	stampSize = 16
)

// letters are payloads of that many bytes, the cheapest to make: a binary stamp, and behind it
// letters that differ from their neighbours, so that a shifted or torn payload shows.
type letters int

func (l letters) size() int    { return int(l) }
func (letters) stampSize() int { return stampSize }
func (letters) variety() int   { return 1 }

func (l letters) append(dst []byte, _ int) []byte {
	dst = append(dst, make([]byte, stampSize)...)
	for i := stampSize; i < int(l); i++ {
		dst = append(dst, byte('a'+i%26))
	}
	return dst
}

func (letters) stampAll(b []byte, stride int, now, seq int64) {
	for at := 0; at < len(b); at += stride {
		binary.LittleEndian.PutUint64(b[at:], uint64(now))
		binary.LittleEndian.PutUint64(b[at+seqOffset:], uint64(seq))
		seq++
	}
}

func (letters) stampOf(payload []byte) (now, seq int64) {
	return int64(binary.LittleEndian.Uint64(payload)), int64(binary.LittleEndian.Uint64(payload[seqOffset:]))
}
