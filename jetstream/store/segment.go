package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/klauspost/compress/s2"
)

// A segment is a file of records, one behind the other:
//
//	0  4 bytes  CRC-32C of the rest of the record
//	4  4        length of the body
//	8  1        flags: 1 if the body is compressed with S2
//	9           body: an encoded message, see [AppendMessage]
//
// Numbers are little endian. Records are in no order that matters.
const (
	recordHead     = 9
	flagCompressed = 1
	flagErased     = 2 // the body was overwritten; only length and flags count
)

// segment is a file of messages.
type segment struct {
	number uint32
	file   vfs.File
	size   int64 // bytes in use
	live   int64 // of them in records that are still wanted; guarded by index.mu
}

func segmentName(number uint32) string { return fmt.Sprintf("%08x.seg", number) }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord appends a record with an encoded message.
func appendRecord(b, body []byte, compress bool, scratch *[]byte) []byte {
	flags := byte(0)
	if compress && len(body) >= minCompress {
		if n := s2.MaxEncodedLen(len(body)); n > 0 {
			if cap(*scratch) < n {
				*scratch = make([]byte, n)
			}
			if packed := s2.Encode((*scratch)[:n], body); len(packed) < len(body) {
				body, flags = packed, flagCompressed
			}
		}
	}
	at := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = append(append(b, flags), body...)
	binary.LittleEndian.PutUint32(b[at:], crc32.Checksum(b[at+4:], castagnoli))
	return b
}

// minCompress is from how many bytes on it is tried to compress a message.
const minCompress = 96

// parseRecord reads a whole record.
func parseRecord(rec []byte, b *Buffer) (Message, error) {
	if len(rec) < recordHead || binary.LittleEndian.Uint32(rec) != crc32.Checksum(rec[4:], castagnoli) {
		return Message{}, errChecksum
	}
	body := rec[recordHead:]
	if rec[8]&flagCompressed != 0 {
		n, err := s2.DecodedLen(body)
		if err != nil || n > maxDecoded {
			return Message{}, errChecksum
		}
		if cap(b.unpacked) < n {
			b.unpacked = make([]byte, n)
		}
		if body, err = s2.Decode(b.unpacked[:n], body); err != nil {
			return Message{}, err
		}
	}
	return DecodeMessage(body)
}

// maxDecoded bounds what a damaged record may ask for, in bytes.
const maxDecoded = 128 << 20

// erase overwrites the body of a record.
func (s *segment) erase(at place) error {
	if at.size <= recordHead {
		return nil
	}
	b := make([]byte, at.size)
	binary.LittleEndian.PutUint32(b[4:], at.size-recordHead)
	b[8] = flagErased
	binary.LittleEndian.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	_, err := s.file.WriteAt(b, int64(at.at))
	return err
}
