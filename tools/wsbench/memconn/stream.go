package memconn

import (
	"encoding/binary"
	"math/rand/v2"
)

// Stream is a run of frames as a client sends them: masked, each a whole
// binary message.
type Stream struct {
	data []byte
	ends []int // where each frame ends in data
	rand *rand.Rand
}

// NewStream begins an empty stream. The masking keys are the same in every run.
func NewStream() *Stream {
	return &Stream{rand: rand.New(rand.NewPCG(1, 2))}
}

// Add appends a message. compressed sets RSV1: payload is then the deflated form.
func (s *Stream) Add(payload []byte, compressed bool) {
	first := byte(0x82)
	if compressed {
		first |= 0x40
	}
	s.data = append(s.data, first)
	switch n := len(payload); {
	case n < 126:
		s.data = append(s.data, 0x80|byte(n))
	case n < 1<<16:
		s.data = append(s.data, 0x80|126)
		s.data = binary.BigEndian.AppendUint16(s.data, uint16(n))
	default:
		s.data = append(s.data, 0x80|127)
		s.data = binary.BigEndian.AppendUint64(s.data, uint64(n))
	}
	var key [4]byte
	binary.LittleEndian.PutUint32(key[:], s.rand.Uint32())
	s.data = append(s.data, key[:]...)
	for i, c := range payload {
		s.data = append(s.data, c^key[i&3])
	}
	s.ends = append(s.ends, len(s.data))
}

// size returns how many bytes n frames are, going round as often as it takes.
func (s *Stream) size(n int) int {
	if n == 0 {
		return 0
	}
	rounds, rest := n/len(s.ends), n%len(s.ends)
	size := rounds * len(s.data)
	if rest > 0 {
		size += s.ends[rest-1]
	}
	return size
}
