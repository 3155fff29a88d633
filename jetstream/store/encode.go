package store

import (
	"encoding/binary"
	"errors"
)

// fixed is how many bytes of an encoded message come before its subject: sequence
// (8), time (8), length of the subject (2) and of the header block (4), all little
// endian. Subject, header and payload follow; the payload ends where the message
// does.
const fixed = 8 + 8 + 2 + 4

// ErrEncoding is the error of bytes that are no encoded message.
var ErrEncoding = errors.New("not an encoded message")

// AppendMessage appends the encoded form of m to dst: what stands in the log and
// in segments. A subject has at most 65535 bytes.
func AppendMessage(dst []byte, m *Message) []byte {
	dst = AppendMessageHead(dst, m)
	dst = append(dst, m.Header...)
	return append(dst, m.Payload...)
}

// AppendMessageHead appends what comes before header and payload in the encoded
// form of m.
func AppendMessageHead(dst []byte, m *Message) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, m.Seq)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(m.Time))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(m.Subject)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(m.Header)))
	return append(dst, m.Subject...)
}

// EncodedSize is how many bytes AppendMessage appends.
func EncodedSize(subject, header, payload int) int { return fixed + subject + header + payload }

// DecodeMessage reads an encoded message. The slices of the result are those of b.
func DecodeMessage(b []byte) (Message, error) {
	if len(b) < fixed {
		return Message{}, ErrEncoding
	}
	subj, hdr := int(binary.LittleEndian.Uint16(b[16:])), uint64(binary.LittleEndian.Uint32(b[18:]))
	rest := b[fixed:]
	if uint64(len(rest)) < uint64(subj)+hdr {
		return Message{}, ErrEncoding
	}
	return Message{
		Seq: binary.LittleEndian.Uint64(b), Time: int64(binary.LittleEndian.Uint64(b[8:])),
		Subject: rest[:subj:subj], Header: rest[subj : subj+int(hdr) : subj+int(hdr)], Payload: rest[subj+int(hdr):],
	}, nil
}
