package protocol

// argForm says what may follow a verb.
type argForm uint8

const (
	argsIgnored  argForm = iota // PING, PONG, +OK: anything up to LF is skipped
	argsAdjacent                // CONNECT, INFO: blanks before the argument are optional
	argsApart                   // all others: a blank must follow the verb
)

// verb is one row of the grammar. Names are in lower case.
type verb struct {
	name string
	kind Kind
	args argForm
}

var (
	verbConnect = &verb{"connect", KindConnect, argsAdjacent}
	verbPub     = &verb{"pub", KindPub, argsApart}
	verbHPub    = &verb{"hpub", KindHPub, argsApart}
	verbSub     = &verb{"sub", KindSub, argsApart}
	verbUnsub   = &verb{"unsub", KindUnsub, argsApart}
	verbPing    = &verb{"ping", KindPing, argsIgnored}
	verbPong    = &verb{"pong", KindPong, argsIgnored}
	verbInfo    = &verb{"info", KindInfo, argsAdjacent}
	verbOK      = &verb{"+ok", KindOK, argsIgnored}
	verbErr     = &verb{"-err", KindErr, argsApart}
	verbMsg     = &verb{"msg", KindMsg, argsApart}
	verbHMsg    = &verb{"hmsg", KindHMsg, argsApart}
)

// findVerb recognises the verb at the start of buf, which is not empty. It
// returns nil and no error while the bytes are too few to tell, and an error
// with the first byte that no verb has there.
func findVerb(buf []byte, role Role) (*verb, error) {
	v := candidate(buf, role)
	if v == nil {
		if len(buf) == 1 && (buf[0] == 'P' || buf[0] == 'p') {
			return nil, nil
		}
		return nil, ErrUnknownOperation
	}
	n := min(len(v.name), len(buf))
	for i := 1; i < n; i++ {
		// A letter has two preimages under |0x20, its two cases; the verbs
		// hold nothing but letters after their first byte.
		if buf[i]|0x20 != v.name[i] {
			return nil, ErrUnknownOperation
		}
	}
	if len(buf) < len(v.name) {
		return nil, nil
	}
	if v.args == argsApart {
		if len(buf) == len(v.name) {
			return nil, nil
		}
		if !isBlank(buf[len(v.name)]) {
			return nil, ErrUnknownOperation
		}
	}
	return v, nil
}

// candidate is the only verb that can still come out of buf. It is nil when
// there is none, or when a lone P leaves three of them open.
func candidate(buf []byte, role Role) *verb {
	switch buf[0] {
	case 'P', 'p':
		if len(buf) == 1 {
			return nil
		}
		switch buf[1] {
		case 'U', 'u':
			if role == FromClient {
				return verbPub
			}
		case 'I', 'i':
			return verbPing
		case 'O', 'o':
			return verbPong
		}
		return nil
	case 'I', 'i':
		return verbInfo
	case '+':
		return verbOK
	case '-':
		return verbErr
	}
	if role == FromServer {
		switch buf[0] {
		case 'M', 'm':
			return verbMsg
		case 'H', 'h':
			return verbHMsg
		}
		return nil
	}
	switch buf[0] {
	case 'S', 's':
		return verbSub
	case 'H', 'h':
		return verbHPub
	case 'U', 'u':
		return verbUnsub
	case 'C', 'c':
		return verbConnect
	}
	return nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
