package protocol

// Kind tells which command an Op is.
type Kind uint8

// The commands of the client protocol. The zero Kind is no command.
const (
	KindConnect Kind = iota + 1
	KindPub
	KindHPub
	KindSub
	KindUnsub
	KindPing
	KindPong
	KindInfo
	KindOK
	KindErr
	KindMsg
	KindHMsg
)

// String is the verb as the protocol spells it.
func (k Kind) String() string {
	switch k {
	case KindConnect:
		return "CONNECT"
	case KindPub:
		return "PUB"
	case KindHPub:
		return "HPUB"
	case KindSub:
		return "SUB"
	case KindUnsub:
		return "UNSUB"
	case KindPing:
		return "PING"
	case KindPong:
		return "PONG"
	case KindInfo:
		return "INFO"
	case KindOK:
		return "+OK"
	case KindErr:
		return "-ERR"
	case KindMsg:
		return "MSG"
	case KindHMsg:
		return "HMSG"
	}
	return "unknown"
}

// Role tells whose bytes a Parser reads, which decides the verbs it knows.
type Role uint8

const (
	// FromClient reads what clients send: CONNECT, PUB, HPUB, SUB, UNSUB,
	// PING, PONG and, tolerated, INFO, +OK and -ERR.
	FromClient Role = iota
	// FromServer reads what servers send: INFO, MSG, HMSG, PING, PONG, +OK
	// and -ERR.
	FromServer
)

// Op is one parsed command. All slices point into the buffer given to
// [Parser.Next] and are valid as long as the caller keeps that buffer; nobody
// may append to them. Fields that the command does not have are nil or 0.
type Op struct {
	Kind Kind
	// Max is the limit of an UNSUB; 0 or less means now. A max that is no
	// number of at most nine digits means now as well, as it does to the
	// reference server.
	Max int

	Subject, Reply, Queue, SID []byte

	// Size holds the digits of the total size as they were sent: a MSG
	// repeats those of its publisher, leading zeros included. HdrSize is the
	// same for the header size of HPUB and HMSG.
	Size, HdrSize []byte

	// Arg is the raw argument of the line, from the first byte that is no
	// blank up to the line end: the JSON of CONNECT and INFO, the text of
	// -ERR (quotes included) and what a trace log shows of every other verb.
	Arg []byte

	// Header is the header block (may be empty), Payload what follows it.
	// Nothing validates the header block.
	Header, Payload []byte

	// Msg is Header, Payload and the final CRLF in one piece: what a MSG or
	// HMSG carries after its line.
	Msg []byte

	// Tail is set when the sender wrote the line canonically (single spaces,
	// CRLF): the bytes from the token after the subject (PUB, HPUB) or after
	// the sid (MSG, HMSG) through the final CRLF. It is exactly what follows
	// "MSG subject sid " on the way to a subscriber, so a message can be
	// forwarded without being put together anew. It is nil when the line was
	// not canonical, and when a header size was given but is zero: such a
	// message leaves as MSG, not as HMSG.
	Tail []byte
}
