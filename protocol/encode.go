package protocol

import "strconv"

const crlf = "\r\n"

// text is what tokens may be given as.
type text interface{ ~string | ~[]byte }

// AppendMsg appends a MSG: header-less, reply left out if it is empty.
func AppendMsg[T text](dst []byte, subject, sid, reply T, payload []byte) []byte {
	dst = AppendMsgHead(dst, subject)
	dst = appendToken(dst, sid)
	dst = appendOptional(dst, reply)
	return appendBody(dst, nil, payload, false)
}

// AppendHMsg appends an HMSG. header is the complete block, from NATS/1.0
// through its empty line.
func AppendHMsg[T text](dst []byte, subject, sid, reply T, header, payload []byte) []byte {
	dst = AppendHMsgHead(dst, subject)
	dst = appendToken(dst, sid)
	dst = appendOptional(dst, reply)
	return appendBody(dst, header, payload, true)
}

// AppendMsgHead appends the part of a MSG line that all receivers of a message
// share, "MSG subject ". What follows is the sid, a space and either
// [Op.Tail] or what AppendMsgTail makes.
func AppendMsgHead[T text](dst []byte, subject T) []byte {
	dst = append(dst, "MSG "...)
	return appendToken(dst, subject)
}

// AppendHMsgHead is AppendMsgHead for a message with headers.
func AppendHMsgHead[T text](dst []byte, subject T) []byte {
	dst = append(dst, "HMSG "...)
	return appendToken(dst, subject)
}

// AppendMsgTail appends what follows "MSG subject sid " up to the payload:
// "reply size\r\n", or "size\r\n" if reply is empty. The sizes are digits, so
// that those of the publisher can be repeated as they are; hdrSize is empty
// for a MSG.
func AppendMsgTail(dst, reply, hdrSize, size []byte) []byte {
	dst = appendOptional(dst, reply)
	dst = appendOptional(dst, hdrSize)
	dst = append(dst, size...)
	return append(dst, crlf...)
}

// AppendPub appends a PUB; reply is left out if it is empty.
func AppendPub[T text](dst []byte, subject, reply T, payload []byte) []byte {
	dst = append(dst, "PUB "...)
	dst = appendToken(dst, subject)
	dst = appendOptional(dst, reply)
	return appendBody(dst, nil, payload, false)
}

// AppendHPub appends an HPUB. header is the complete block, from NATS/1.0
// through its empty line.
func AppendHPub[T text](dst []byte, subject, reply T, header, payload []byte) []byte {
	dst = append(dst, "HPUB "...)
	dst = appendToken(dst, subject)
	dst = appendOptional(dst, reply)
	return appendBody(dst, header, payload, true)
}

// AppendSub appends a SUB; queue is left out if it is empty.
func AppendSub[T text](dst []byte, subject, queue, sid T) []byte {
	dst = append(dst, "SUB "...)
	dst = appendToken(dst, subject)
	dst = appendOptional(dst, queue)
	dst = append(dst, sid...)
	return append(dst, crlf...)
}

// AppendUnsub appends an UNSUB. A limit of 0 or less means now and is left
// out.
func AppendUnsub[T text](dst []byte, sid T, limit int) []byte {
	dst = append(dst, "UNSUB "...)
	dst = append(dst, sid...)
	if limit > 0 {
		dst = append(dst, ' ')
		dst = strconv.AppendInt(dst, int64(limit), 10)
	}
	return append(dst, crlf...)
}

// AppendPing appends a PING.
func AppendPing(dst []byte) []byte { return append(dst, "PING\r\n"...) }

// AppendPong appends a PONG.
func AppendPong(dst []byte) []byte { return append(dst, "PONG\r\n"...) }

// AppendOK appends +OK.
func AppendOK(dst []byte) []byte { return append(dst, "+OK\r\n"...) }

// AppendErr appends an -ERR line with message between single quotes; see
// [Error.Text].
func AppendErr[T text](dst []byte, message T) []byte {
	dst = append(dst, "-ERR '"...)
	dst = append(dst, message...)
	return append(dst, "'\r\n"...)
}

func appendToken[T text](dst []byte, token T) []byte {
	dst = append(dst, token...)
	return append(dst, ' ')
}

func appendOptional[T text](dst []byte, token T) []byte {
	if len(token) == 0 {
		return dst
	}
	return appendToken(dst, token)
}

// appendBody appends the sizes, the line end and everything behind it.
func appendBody(dst, header, payload []byte, withHeader bool) []byte {
	if withHeader {
		dst = strconv.AppendInt(dst, int64(len(header)), 10)
		dst = append(dst, ' ')
	}
	dst = strconv.AppendInt(dst, int64(len(header)+len(payload)), 10)
	dst = append(dst, crlf...)
	dst = append(dst, header...)
	dst = append(dst, payload...)
	return append(dst, crlf...)
}
