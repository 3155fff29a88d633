package protocol

// messageForm is the argument list of a message verb:
//
//	subject [sid] [reply] [header size] total size
type messageForm struct {
	process string // how log lines call it
	sid     bool
	header  bool
}

var (
	formPub  = messageForm{process: "processPub"}
	formHPub = messageForm{process: "processHeaderPub", header: true}
	formMsg  = messageForm{process: "processMsg", sid: true}
	formHMsg = messageForm{process: "processHeaderMsg", sid: true, header: true}
)

func formOf(k Kind) *messageForm {
	switch k {
	case KindPub:
		return &formPub
	case KindHPub:
		return &formHPub
	case KindMsg:
		return &formMsg
	}
	return &formHMsg
}

// parseMessage parses a command with a payload. It sets p.partial.need when
// the line is good and the payload is not complete.
func (p *Parser) parseMessage(v *verb, buf []byte, arg span, lf int, op *Op) (int, error) {
	if v.kind == KindHPub && !p.Limits.Headers {
		return 0, ErrHeadersNotSupported
	}
	form := formOf(v.kind)
	var t tokens
	t.split(buf, arg, false)
	hdr, size, err := form.fill(&t, buf, op)
	if err != nil {
		return 0, err
	}
	body := lf + 1
	need := body + size + 2
	// A limit that shrinks while the payload is on its way comes too late.
	if limit := p.maxPayload(); limit >= 0 && size > limit && p.partial.need == 0 {
		return 0, ErrMaxPayload.detail("maximum payload exceeded: %d vs %d", size, limit)
	}
	if err := checkEnd(buf, need); err != nil {
		return 0, err
	}
	if len(buf) < need {
		p.partial.verb, p.partial.line, p.partial.need = v, lf, need
		return 0, nil
	}
	op.Msg = buf[body:need]
	op.Payload = buf[body+hdr : body+size]
	if form.header {
		op.Header = buf[body : body+hdr]
	}
	if !form.header || hdr > 0 {
		op.Tail = form.tail(&t, buf, need)
	}
	p.partial = partial{}
	return need, nil
}

// fill moves the tokens into op and returns the sizes of the header and of
// header and payload together.
func (f *messageForm) fill(t *tokens, buf []byte, op *Op) (hdr, size int, err error) {
	least := f.first() + 1 // without reply
	if f.header {
		least++
	}
	if t.n != least && t.n != least+1 {
		return 0, 0, ErrArguments.detail("%s Parse Error: %q", f.process, op.Arg)
	}
	op.Subject = t.at[0].of(buf)
	if f.sid {
		op.SID = t.at[1].of(buf)
	}
	if t.n > least {
		op.Reply = t.at[f.first()].of(buf)
	}
	op.Size = t.at[t.n-1].of(buf)
	size = parseSize(op.Size)
	if f.header {
		op.HdrSize = t.at[t.n-2].of(buf)
		hdr = parseSize(op.HdrSize)
	}
	switch {
	case hdr < 0:
		return 0, 0, ErrSize.detail("%s Bad or Missing Header Size: %q", f.process, op.Arg)
	case size < 0 && f.header:
		return 0, 0, ErrSize.detail("%s Bad or Missing Total Size: %q", f.process, op.Arg)
	case size < 0:
		return 0, 0, ErrSize.detail("%s Bad or Missing Size: %q", f.process, op.Arg)
	case hdr > size:
		return 0, 0, ErrSize.detail("%s Header Size larger than Total Size: %q", f.process, op.Arg)
	case t.unsafe:
		return 0, 0, ErrUnsafeToken.detail("%s Unsafe Argument: %q", f.process, op.Arg)
	}
	return hdr, size, nil
}

// first is the index of the first token behind the subject or the sid.
func (f *messageForm) first() int {
	if f.sid {
		return 2
	}
	return 1
}

// tail is the value of Op.Tail: nil unless exactly one space separates the
// tokens and CRLF follows the last of them.
func (f *messageForm) tail(t *tokens, buf []byte, need int) []byte {
	i := f.first()
	start := t.at[i].start
	for ; i < t.n-1; i++ {
		if end := t.at[i].end; buf[end] != ' ' || t.at[i+1].start != end+1 {
			return nil
		}
	}
	// CR ends no token of a message, so one behind the last is that of the CRLF.
	if buf[t.at[i].end] != '\r' {
		return nil
	}
	return buf[start:need]
}
