package protocol

import "bytes"

// Limits of the reference server.
const (
	DefaultMaxControlLine = 4096
	DefaultMaxPayload     = 1 << 20
)

// defaultServerLine bounds the lines of a server, whose INFO may list the
// addresses of a large cluster.
const defaultServerLine = 1 << 16

// Limits bound what a peer may send. They may change between two calls of
// [Parser.Next], for instance once a CONNECT has told who the client is.
type Limits struct {
	// MaxControlLine bounds the argument of a line in bytes, without verb and
	// line end. Bytes that mean nothing (blanks in front of the argument,
	// anything after PING) count separately under the same bound: nats-server
	// skips them as they come, but whoever buffers a line has to bound it.
	// 0 or less means DefaultMaxControlLine, or 64 KiB when reading a server.
	MaxControlLine int
	// MaxPayload bounds header and payload together, in bytes. It is applied
	// to the size that is announced, before any of the payload. 0 means
	// DefaultMaxPayload, or no bound when reading a server; a negative value
	// means no bound but the nine digits of a size.
	MaxPayload int
	// Headers allows HPUB.
	Headers bool
}

// Parser cuts a stream of bytes into commands. The zero value reads clients
// under the default limits, without headers. It keeps offsets but no bytes: a
// command that is not complete yet stays in the caller's buffer.
//
// A Parser belongs to one goroutine.
type Parser struct {
	Role   Role
	Limits Limits

	partial partial
}

// partial remembers how far an incomplete command was examined, so that input
// in tiny pieces costs no more than input in one piece. All numbers are
// offsets from the start of the command.
type partial struct {
	verb *verb // nil until the verb is complete
	arg  int   // blanks before this offset are skipped
	scan int   // no LF before this offset
	line int   // the LF that ends the line, once need is set
	need int   // bytes of the whole command, once the line said so
}

// Next parses the command at the start of buf.
//
//   - n > 0: a command of n bytes was parsed into op.
//   - n == 0 and err == nil: the command is not complete. Call again with the
//     same bytes, more of them behind; buf may have moved meanwhile. The
//     content of op is undefined.
//   - err != nil: an [*Error]. The stream cannot be read any further.
//
// An incomplete command is judged as soon as its bytes allow it: an unknown
// verb, a line over the limit, a size over the limit and a payload with the
// wrong end fail right away and not when the rest arrives.
func (p *Parser) Next(buf []byte, op *Op) (n int, err error) {
	if p.partial.need != 0 {
		return p.resumePayload(buf, op)
	}
	v := p.partial.verb
	if v == nil {
		if len(buf) == 0 {
			return 0, nil
		}
		if isPub(buf) && p.Role == FromClient {
			if n = p.nextPub(buf, op); n > 0 {
				return n, nil
			}
		}
		if v, err = findVerb(buf, p.Role); v == nil {
			return 0, err
		}
		p.partial.arg = len(v.name)
		p.partial.scan = len(v.name)
	}
	lf := bytes.IndexByte(buf[p.partial.scan:], '\n')
	if lf < 0 {
		p.partial.verb = v
		p.partial.scan = len(buf)
		if p.lineTooLong(v, buf) {
			return 0, ErrMaxControlLine
		}
		return 0, nil
	}
	lf += p.partial.scan
	if p.lineTooLong(v, buf[:lf]) {
		return 0, ErrMaxControlLine
	}
	return p.parseLine(v, buf, lf, op)
}

// parseLine parses the command whose verb is v and whose line ends with the
// LF at lf.
func (p *Parser) parseLine(v *verb, buf []byte, lf int, op *Op) (int, error) {
	if v.args == argsIgnored {
		*op = Op{Kind: v.kind}
		p.partial = partial{}
		return lf + 1, nil
	}
	start, end := argument(buf, len(v.name), lf)
	*op = Op{Kind: v.kind, Arg: buf[start:end]}
	switch v.kind {
	case KindPub, KindHPub, KindMsg, KindHMsg:
		return p.parseMessage(v, buf, span{start, end}, lf, op)
	case KindSub:
		if err := parseSub(buf, span{start, end}, op); err != nil {
			return 0, err
		}
	case KindUnsub:
		if err := parseUnsub(buf, span{start, end}, op); err != nil {
			return 0, err
		}
	}
	p.partial = partial{}
	return lf + 1, nil
}

// Need is the total length of the incomplete command, counted from the start
// of the buffer, when the last Next could tell: the line of a message was
// complete and its payload was not. Otherwise it is 0.
func (p *Parser) Need() int { return p.partial.need }

// lineTooLong judges the line so far, which has no line end in it. The answer
// for a part of a line is never revised by the rest of it.
func (p *Parser) lineTooLong(v *verb, line []byte) bool {
	limit := p.maxControlLine()
	if len(line)-len(v.name) <= limit {
		return false
	}
	i := p.partial.arg
	for i < len(line) && isBlank(line[i]) {
		i++
	}
	p.partial.arg = i
	if i-len(v.name) > limit {
		return true
	}
	// One byte is not counted if there is a CR, see argument.
	n := len(line) - i
	return n > limit+1 || n == limit+1 && bytes.IndexByte(line[i:], '\r') < 0
}

func (p *Parser) maxControlLine() int {
	switch {
	case p.Limits.MaxControlLine > 0:
		return p.Limits.MaxControlLine
	case p.Role == FromServer:
		return defaultServerLine
	}
	return DefaultMaxControlLine
}

// maxPayload is the limit in force; below 0 there is none.
func (p *Parser) maxPayload() int {
	switch {
	case p.Limits.MaxPayload != 0:
		return p.Limits.MaxPayload
	case p.Role == FromServer:
		return -1
	}
	return DefaultMaxPayload
}

// resumePayload continues a message whose line was found good before.
func (p *Parser) resumePayload(buf []byte, op *Op) (int, error) {
	if len(buf) < p.partial.need {
		return 0, checkEnd(buf, p.partial.need)
	}
	// Parsing the short line a second time is cheaper than remembering every
	// offset of it.
	return p.parseLine(p.partial.verb, buf, p.partial.line, op)
}

// checkEnd checks the CRLF behind a payload as far as it has arrived. The
// message takes need bytes of buf.
func checkEnd(buf []byte, need int) error {
	if len(buf) > need-2 && buf[need-2] != '\r' || len(buf) > need-1 && buf[need-1] != '\n' {
		return ErrUnknownOperation
	}
	return nil
}
