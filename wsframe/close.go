package wsframe

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// maxReason is what a close frame has room for behind the code.
const maxReason = MaxControl - 2

// AppendClose appends an unmasked close frame. A reason longer than 123 bytes
// ends in "...", cut between two characters. A code that may not stand in a
// close frame, as 0 or [StatusNoStatus], makes an empty one.
func AppendClose(dst []byte, code CloseCode, reason string) []byte {
	var scratch [MaxControl]byte
	return AppendFrame(dst, Close, appendClosePayload(scratch[:0], code, reason))
}

// AppendMaskedClose is [AppendClose] for a client.
func AppendMaskedClose(dst []byte, key [4]byte, code CloseCode, reason string) []byte {
	var scratch [MaxControl]byte
	return AppendMasked(dst, Close, key, appendClosePayload(scratch[:0], code, reason))
}

func appendClosePayload(dst []byte, code CloseCode, reason string) []byte {
	if !code.Valid() {
		return dst
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(code))
	if !utf8.ValidString(reason) { // the peer would have to complain
		reason = strings.ToValidUTF8(reason, "?")
	}
	if len(reason) <= maxReason {
		return append(dst, reason...)
	}
	end := maxReason - len("...")
	for !utf8.RuneStart(reason[end]) {
		end--
	}
	dst = append(dst, reason[:end]...)
	return append(dst, "..."...)
}

// ParseClose takes the payload of a close frame apart. An empty one has code 0.
// reason is part of payload. The error is an [*Error].
func ParseClose(payload []byte) (code CloseCode, reason []byte, err error) {
	code, reason, fail := parseClose(payload)
	if fail != nil {
		return 0, nil, fail
	}
	return code, reason, nil
}

func parseClose(payload []byte) (CloseCode, []byte, *Error) {
	switch {
	case len(payload) == 0:
		return 0, nil, nil
	case len(payload) == 1:
		return 0, nil, errCloseLength
	}
	code, reason := CloseCode(binary.BigEndian.Uint16(payload)), payload[2:]
	if !code.Valid() {
		return 0, nil, errCloseCode(code)
	}
	if !utf8.Valid(reason) {
		return 0, nil, errCloseUTF8
	}
	return code, reason, nil
}
