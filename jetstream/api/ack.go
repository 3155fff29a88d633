package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// AckSubject is what the reply subject of a delivered message tells.
type AckSubject struct {
	Domain, Account  string // of the longer form; empty in the shorter
	Stream, Consumer []byte
	Delivered        uint64 // how often the message was delivered
	StreamSeq        uint64
	ConsumerSeq      uint64
	Time             int64 // when the message was stored, unix nanoseconds
	Pending          uint64
}

// AckPrefix begins the reply subjects of delivered messages.
const AckPrefix = "$JS.ACK."

// Append appends the subject in its shorter form, of nine tokens, or if Account is
// set in the longer one.
func (a *AckSubject) Append(b []byte) []byte {
	return appendAck(b, a, a.Stream, a.Consumer)
}

// AppendNamed is Append with names in place of those in a.
func (a *AckSubject) AppendNamed(b []byte, stream, consumer string) []byte {
	return appendAck(b, a, stream, consumer)
}

func appendAck[T ~string | ~[]byte](b []byte, a *AckSubject, stream, consumer T) []byte {
	b = append(b, AckPrefix...)
	if a.Account != "" {
		domain := a.Domain
		if domain == "" {
			domain = "_"
		}
		b = append(append(append(append(b, domain...), '.'), a.Account...), '.')
	}
	b = append(append(append(b, stream...), '.'), consumer...)
	b = strconv.AppendUint(append(b, '.'), a.Delivered, 10)
	b = strconv.AppendUint(append(b, '.'), a.StreamSeq, 10)
	b = strconv.AppendUint(append(b, '.'), a.ConsumerSeq, 10)
	b = strconv.AppendInt(append(b, '.'), a.Time, 10)
	return strconv.AppendUint(append(b, '.'), a.Pending, 10)
}

// Parse reads a subject of either form. Its slices are those of b.
func (a *AckSubject) Parse(b []byte) bool {
	if !bytes.HasPrefix(b, []byte(AckPrefix)) {
		return false
	}
	rest := b[len(AckPrefix):]
	switch n := subject.Count(b); {
	case n >= 11:
		_, rest, _ = subject.Cut(rest) // the domain, and
		_, rest, _ = subject.Cut(rest) // the account: those of the subscription
	case n != 9:
		return false
	}
	a.Stream, rest, _ = subject.Cut(rest)
	a.Consumer, rest, _ = subject.Cut(rest)
	ok := true
	number := func() uint64 {
		var tok []byte
		tok, rest, _ = subject.Cut(rest)
		n, good := parseUint(tok)
		ok = ok && good
		return n
	}
	a.Delivered, a.StreamSeq, a.ConsumerSeq = number(), number(), number()
	a.Time, a.Pending = int64(number()), number()
	return ok
}

// parseUint reads a decimal number.
func parseUint(b []byte) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	for _, c := range b {
		d := uint64(c - '0')
		if c < '0' || c > '9' || n > (1<<64-1-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// Hash is the eight characters that stand for a name in subjects and headers.
func Hash(name string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte(name))
	for i, c := range sum[:8] {
		sum[i] = digits[c%62]
	}
	return string(sum[:8])
}

// AckKind is what an acknowledgement says.
type AckKind uint8

// The kinds of acknowledgements.
const (
	AckUnknown AckKind = iota // nothing that is understood
	Ack                       // done
	Nak                       // once more, please
	Progress                  // still at it
	Term                      // never again
	AckNext                   // done, and the next one
)

// ParseAck reads the payload of an acknowledgement. delay is that of a Nak; rest is
// the reason of a Term and the request in an AckNext.
func ParseAck(payload []byte) (kind AckKind, delay time.Duration, rest []byte) {
	switch p := string(payload); {
	case p == "" || p == "+ACK" || p == "+OK":
		return Ack, 0, nil
	case p == "+WPI":
		return Progress, 0, nil
	case strings.HasPrefix(p, "-NAK"):
		return Nak, nakDelay(strings.TrimSpace(p[len("-NAK"):])), nil
	case strings.HasPrefix(p, "+TERM"):
		return Term, 0, bytes.TrimSpace(payload[len("+TERM"):])
	case strings.HasPrefix(p, "+NXT"):
		return AckNext, 0, bytes.TrimSpace(payload[len("+NXT"):])
	}
	return AckUnknown, 0, nil
}

// nakDelay reads how long a message is not to be delivered; 0 where that cannot be
// read.
func nakDelay(text string) time.Duration {
	if text == "" {
		return 0
	}
	if text[0] == '{' {
		var opts struct {
			Delay time.Duration `json:"delay"`
		}
		if json.Unmarshal([]byte(text), &opts) != nil {
			return 0
		}
		return max(opts.Delay, 0)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return max(d, 0)
}
