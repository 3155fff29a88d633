package wal

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
)

// A segment is a file of the log. It begins with
//
//	 0  8 bytes  "dunlinW1"
//	 8  8        number of the segment
//	16  8        salt: random, new with every use of the file
//	24  4        CRC-32C of these 24 bytes
//	28  4        0
//
// and goes on with entries:
//
//	 0  4        CRC-32C of the data and of the 13 bytes from offset 8 on
//	 4  4        CRC-32C of those 13 bytes alone
//	 8  4        length of the data
//	12  8        stream
//	20  1        kind
//	21           data
//
// Checksums begin with the salt; the second one makes it cheap to find the next entry
// behind damage. Numbers are little endian. What follows the last entry is zero, or left over from an
// earlier use of the file, whose salt was another one. Kinds from 0xf0 are of the log
// itself: markBatch begins what was written at a time, with the position up to which
// everything was durable then as its data, and markEnd ends a segment that another one
// follows.

const (
	segmentMagic = "dunlinW1"
	segmentHead  = 32
	entryHead    = 21
	markSize     = entryHead + 8

	markBatch byte = 0xf0
	markEnd   byte = 0xf1
)

// segment is one file of the log.
type segment struct {
	number uint64
	salt   uint64
	file   vfs.File // nil before anything was written to it
}

func (s *segment) name() string { return segmentName(s.number) }

const segmentSuffix = ".log"

func segmentName(number uint64) string { return fmt.Sprintf("%016x%s", number, segmentSuffix) }

// parseName reads the number in the name of a segment.
func parseName(name string) (number uint64, ok bool) {
	base, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok || len(base) != 16 {
		return 0, false
	}
	number, err := strconv.ParseUint(base, 16, 64)
	return number, err == nil && segmentName(number) == name
}

// newSalt returns a salt that no file has.
func newSalt() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// head returns the beginning of the file.
func (s *segment) head() []byte {
	b := append(make([]byte, 0, segmentHead), segmentMagic...)
	b = binary.LittleEndian.AppendUint64(b, s.number)
	b = binary.LittleEndian.AppendUint64(b, s.salt)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	return b[:segmentHead]
}

// parseHead reads the beginning of a file.
func (s *segment) parseHead(b []byte) bool {
	if len(b) < segmentHead || string(b[:8]) != segmentMagic ||
		binary.LittleEndian.Uint32(b[24:]) != crc32.Checksum(b[:24], castagnoli) {
		return false
	}
	s.salt = binary.LittleEndian.Uint64(b[16:])
	return binary.LittleEndian.Uint64(b[8:]) == s.number
}

// appendEntry appends an entry.
func appendEntry(b []byte, salt, stream uint64, kind byte, parts ...[]byte) []byte {
	at := len(b)
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint64(b, stream)
	b = append(b, kind)
	head := checksum(salt, b[at+8:])
	for _, p := range parts {
		b = append(b, p...)
	}
	binary.LittleEndian.PutUint32(b[at+4:], head)
	binary.LittleEndian.PutUint32(b[at:], crc32.Update(head, castagnoli, b[at+entryHead:]))
	return b
}

// checksum is the CRC of the head of an entry.
func checksum(salt uint64, b []byte) uint32 {
	return crc32.Update(uint32(salt)^uint32(salt>>32), castagnoli, b)
}

// appendMark appends an entry of the log itself.
func appendMark(b []byte, salt uint64, kind byte, p Position) []byte {
	var data [8]byte
	binary.LittleEndian.PutUint64(data[:], uint64(p))
	return appendEntry(b, salt, 0, kind, data[:])
}

// parseEntry reads the entry that b begins with, and returns its length; 0 if there is
// none.
func parseEntry(b []byte, salt uint64, e *Entry) int {
	if len(b) < entryHead {
		return 0
	}
	size := uint64(binary.LittleEndian.Uint32(b[8:])) + entryHead
	head := binary.LittleEndian.Uint32(b[4:])
	if size > uint64(len(b)) || checksum(salt, b[8:entryHead]) != head ||
		crc32.Update(head, castagnoli, b[entryHead:size]) != binary.LittleEndian.Uint32(b) {
		return 0
	}
	e.Stream, e.Kind, e.Data = binary.LittleEndian.Uint64(b[12:]), b[20], b[entryHead:size:size]
	return int(size)
}
