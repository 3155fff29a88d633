package ws

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Opcode says what a frame is.
type Opcode byte

// The opcodes that have a meaning.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

func (o Opcode) isControl() bool { return o >= Close }

// Wide is how many bytes a frame's length takes behind the first one.
type Wide int

// Shortest is the form that the standard demands; the others may be longer
// than they need to be.
const (
	Shortest Wide = 0
	Wide16   Wide = 2
	Wide64   Wide = 8
)

// Frame is one frame. Payload is never masked here.
type Frame struct {
	Fin, RSV1, RSV2, RSV3 bool
	Opcode                Opcode
	Masked                bool
	Key                   [4]byte // when Masked
	Wide                  Wide
	Payload               []byte
}

// First is the frame's first byte: flags and opcode.
func (f Frame) First() byte {
	b := byte(f.Opcode)
	for i, bit := range []bool{f.RSV3, f.RSV2, f.RSV1, f.Fin} {
		if bit {
			b |= 0x10 << i
		}
	}
	return b
}

// Append appends the frame as it stands on the wire.
func (f Frame) Append(dst []byte) []byte {
	var mask byte
	if f.Masked {
		mask = 0x80
	}
	dst = append(dst, f.First())
	switch n := len(f.Payload); {
	case f.Wide == Wide64 || n > 0xffff:
		dst = binary.BigEndian.AppendUint64(append(dst, mask|127), uint64(n))
	case f.Wide == Wide16 || n > 125:
		dst = binary.BigEndian.AppendUint16(append(dst, mask|126), uint16(n))
	default:
		dst = append(dst, mask|byte(n))
	}
	if !f.Masked {
		return append(dst, f.Payload...)
	}
	dst = append(dst, f.Key[:]...)
	for i, b := range f.Payload {
		dst = append(dst, b^f.Key[i%4])
	}
	return dst
}

// maxPayload is more than any test needs.
const maxPayload = 64 << 20

// ReadFrame reads one frame. A length in a longer form than needed is an
// error: who sends it breaks the standard.
func ReadFrame(in *bufio.Reader) (Frame, error) {
	var head [2]byte
	if _, err := io.ReadFull(in, head[:1]); err != nil {
		return Frame{}, err
	}
	if _, err := io.ReadFull(in, head[1:]); err != nil {
		return Frame{}, cutShort(err)
	}
	f := Frame{
		Fin: head[0]&0x80 != 0, RSV1: head[0]&0x40 != 0, RSV2: head[0]&0x20 != 0, RSV3: head[0]&0x10 != 0,
		Opcode: Opcode(head[0] & 0xf),
		Masked: head[1]&0x80 != 0,
	}
	length, err := readLength(in, head[1]&0x7f)
	if err != nil {
		return f, err
	}
	if f.Masked {
		if _, err := io.ReadFull(in, f.Key[:]); err != nil {
			return f, cutShort(err)
		}
	}
	f.Payload = make([]byte, length)
	if n, err := io.ReadFull(in, f.Payload); err != nil {
		return f, fmt.Errorf("after %d of %d bytes of a frame: %v", n, length, err)
	}
	if f.Masked {
		for i := range f.Payload {
			f.Payload[i] ^= f.Key[i%4]
		}
	}
	return f, nil
}

func readLength(in io.Reader, short byte) (uint64, error) {
	var long [8]byte
	var least uint64
	var field []byte
	switch short {
	case 126:
		field, least = long[6:], 126
	case 127:
		field, least = long[:], 0x10000
	default:
		return uint64(short), nil
	}
	if _, err := io.ReadFull(in, field); err != nil {
		return 0, cutShort(err)
	}
	n := binary.BigEndian.Uint64(long[:])
	switch {
	case n < least:
		return 0, fmt.Errorf("the length %d is written in %d bytes", n, len(field))
	case n > maxPayload:
		return 0, fmt.Errorf("a frame of %d bytes", n)
	}
	return n, nil
}

// cutShort keeps an end inside a frame or a head from passing for a good one.
func cutShort(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("in the middle: %v", err)
}

// CloseFrame is a close frame of a client. A code of 0 means an empty one.
func CloseFrame(code uint16, reason string) Frame {
	f := Frame{Fin: true, Opcode: Close, Masked: true, Key: newKey()}
	if code != 0 {
		f.Payload = append(binary.BigEndian.AppendUint16(nil, code), reason...)
	}
	return f
}

// opcodeNames are the words by which scripts call opcodes.
var opcodeNames = map[Opcode]string{
	Continuation: "continuation", Text: "text", Binary: "binary", Close: "close", Ping: "ping", Pong: "pong",
}

// String tells what the frame is, for messages.
func (f Frame) String() string {
	if f.Opcode == Close && len(f.Payload) >= 2 {
		return fmt.Sprintf("close %d %s", binary.BigEndian.Uint16(f.Payload), f.Payload[2:])
	}
	name := opcodeNames[f.Opcode]
	if name == "" {
		name = fmt.Sprintf("opcode%d", f.Opcode)
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{{!f.Fin, "nofin"}, {f.RSV1, "rsv1"}, {f.RSV2, "rsv2"}, {f.RSV3, "rsv3"}, {f.Masked, "masked"}} {
		if flag.set {
			name += "," + flag.name
		}
	}
	const most = 200
	if len(f.Payload) > most {
		return fmt.Sprintf("%s %q... (%d bytes)", name, f.Payload[:most], len(f.Payload))
	}
	return fmt.Sprintf("%s %q", name, f.Payload)
}

// ParseFrame reads a frame as scripts write it: the opcode's name with the
// flags behind it, joined with commas. The result is masked unless it says
// otherwise, and has no payload. Flags that are about the payload are left to
// the caller, who gets them back.
func ParseFrame(text string) (f Frame, others []string, err error) {
	words := strings.Split(text, ",")
	f = Frame{Fin: true, Masked: true, Key: newKey()}
	if f.Opcode, err = parseOpcode(words[0]); err != nil {
		return f, nil, err
	}
	for _, word := range words[1:] {
		switch word {
		case "nofin":
			f.Fin = false
		case "rsv1":
			f.RSV1 = true
		case "rsv2":
			f.RSV2 = true
		case "rsv3":
			f.RSV3 = true
		case "unmasked":
			f.Masked, f.Key = false, [4]byte{}
		case "len16":
			f.Wide = Wide16
		case "len64":
			f.Wide = Wide64
		default:
			others = append(others, word)
		}
	}
	return f, others, nil
}

func parseOpcode(word string) (Opcode, error) {
	for opcode, name := range opcodeNames {
		if name == word {
			return opcode, nil
		}
	}
	var n Opcode
	if _, err := fmt.Sscanf(word, "opcode%d", &n); err != nil || n > 15 {
		return 0, fmt.Errorf("unknown opcode %q", word)
	}
	return n, nil
}
