package flate

import "encoding/binary"

// Words are read and written at an index of a buffer. A slice with three
// indices has a capacity that the compiler knows; without that, it computes
// for each access whether a pointer would leave the buffer, which the hot
// loops cannot afford. Only the capacity of b is checked: its length has to be
// looked after by the caller.

func load32(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[i : i+4 : i+4]) }

func load64(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8 : i+8]) }

func store64(b []byte, i int, v uint64) { binary.LittleEndian.PutUint64(b[i:i+8:i+8], v) }
