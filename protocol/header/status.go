package header

import "strconv"

// Codes of the inline status.
const (
	StatusControl      = 100 // heartbeat or flow control, told apart by the description
	StatusNoResponders = 503
)

// ParseStatus returns the inline status of a block, a code of three digits
// with an optional description, which is a part of block. It returns false
// when there is none.
func ParseStatus(block []byte) (code int, description []byte, ok bool) {
	if !isBlock(block) {
		return 0, nil, false
	}
	line, _, complete := cutLine(block)
	text := trimBlanks(line[len(version):])
	if !complete || len(text) < 3 || len(text) > 3 && text[3] != ' ' && text[3] != '\t' {
		return 0, nil, false
	}
	for _, c := range text[:3] {
		if c < '0' || c > '9' {
			return 0, nil, false
		}
		code = code*10 + int(c-'0')
	}
	return code, trimBlanks(text[3:]), true
}

// AppendStatus appends a block that holds nothing but a status. The code has
// three digits; CR and LF in the description are written as spaces.
func AppendStatus(dst []byte, code int, description string) []byte {
	dst = appendStatusLine(dst, code)
	if description != "" {
		dst = append(dst, ' ')
		dst = appendClean(dst, description)
	}
	return append(dst, lineEnd+lineEnd...)
}

func appendStatusLine(dst []byte, code int) []byte {
	dst = append(dst, version+" "...)
	return strconv.AppendInt(dst, int64(code), 10)
}

// NoRespondersOverhead is how many bytes the block of [AppendNoResponders] is
// longer than its subject.
const NoRespondersOverhead = 32

// AppendNoResponders appends the block that tells a requester that nobody
// listens to subject. Such a message has no payload.
func AppendNoResponders[V Text](dst []byte, subject V) []byte {
	dst = appendStatusLine(dst, StatusNoResponders)
	dst = append(dst, lineEnd...)
	return appendField(dst, Subject, subject)
}
