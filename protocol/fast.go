package protocol

// nextPub is the short way for nearly all that a busy server reads: a complete
// PUB with single spaces and CRLF, within the limits. For anything else it
// returns 0 and leaves the judgement to the grammar proper, so it can only be
// faster, never different; FuzzSplit holds the two against each other.
func (p *Parser) nextPub(buf []byte, op *Op) int {
	const start = len("PUB ")
	subject := tokenEnd(buf, start)
	if subject == start || subject == len(buf) || buf[subject] != ' ' {
		return 0
	}
	// The second token is the size, unless a third one follows.
	reply, size := subject, subject+1
	end := tokenEnd(buf, size)
	if end < len(buf) && buf[end] == ' ' {
		reply, size = end, end+1
		end = tokenEnd(buf, size)
	}
	if reply == subject+1 || end+1 >= len(buf) || buf[end] != '\r' || buf[end+1] != '\n' || end-start > p.maxControlLine() {
		return 0
	}
	n := parseSize(buf[size:end])
	if limit := p.maxPayload(); n < 0 || limit >= 0 && n > limit {
		return 0
	}
	body := end + 2
	need := body + n + 2
	if need > len(buf) || buf[need-2] != '\r' || buf[need-1] != '\n' {
		return 0
	}
	*op = Op{
		Kind:    KindPub,
		Subject: buf[start:subject],
		Size:    buf[size:end],
		Arg:     buf[start:end],
		Payload: buf[body : body+n],
		Msg:     buf[body:need],
		Tail:    buf[subject+1 : need],
	}
	if reply > subject {
		op.Reply = buf[subject+1 : reply]
	}
	return need
}

// isPub reports whether buf starts with PUB and a space, in any case.
func isPub(buf []byte) bool {
	return len(buf) > 4 && buf[0]|0x20 == 'p' && buf[1]|0x20 == 'u' && buf[2]|0x20 == 'b' && buf[3] == ' '
}
