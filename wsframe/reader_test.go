package wsframe

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var testKey = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// event is what a reader of pieces cannot tell apart however they were cut.
type event struct {
	Kind       string
	Op         Opcode
	Compressed bool
	Code       CloseCode
	Text       string // payload, reason, or the text of an error
}

// transcript collects the pieces of one connection. A message that was not
// finished is an event of its own kind.
type transcript struct {
	events  []event
	within  bool
	payload []byte // of the open message so far
}

func (l *transcript) add(t *testing.T, p Piece) {
	t.Helper()
	if p.Kind == KindClose {
		l.close(p)
		return
	}
	if p.Kind != KindData {
		l.events = append(l.events, event{Kind: p.Kind.String(), Op: p.Opcode, Text: string(p.Payload)})
		return
	}
	if p.First == l.within {
		t.Errorf("First = %v within a message: %v", p.First, l.within)
	}
	if p.First {
		l.events = append(l.events, event{Kind: "open", Op: p.Opcode, Compressed: p.Compressed})
		l.payload = nil
	}
	// Control frames may stand between: the message is the last that is open.
	i := len(l.events) - 1
	for l.events[i].Kind != "open" {
		i--
	}
	m := &l.events[i]
	if m.Op != p.Opcode || m.Compressed != p.Compressed {
		t.Errorf("piece %v within message %v", p, m)
	}
	l.payload = append(l.payload, p.Payload...)
	l.within = !p.Last
	if p.Last {
		done := *m
		done.Kind, done.Text = "message", string(l.payload)
		l.events = append(append(l.events[:i:i], l.events[i+1:]...), done)
	}
}

func (l *transcript) close(p Piece) {
	l.events = append(l.events, event{Kind: "close", Op: p.Opcode, Code: p.Code, Text: string(p.Reason)})
}

// end is the transcript when the bytes are over. What came of a message that an
// error cut short depends on where the bytes were cut, so it is left out.
func (l *transcript) end(err error) []event {
	for i := range l.events {
		if l.events[i].Kind == "open" {
			l.events[i].Text = string(l.payload)
		}
	}
	var wrong *Error
	if !errors.As(err, &wrong) {
		return l.events
	}
	var events []event
	for _, e := range l.events {
		if e.Kind != "open" {
			events = append(events, e)
		}
	}
	return append(events, event{Kind: "error", Code: wrong.Code, Text: wrong.Text})
}

// read feeds stream to a Reader in chunks, each of which the reader may scribble
// on. With room > 0 it reads with NextTo into a buffer of that size.
func read(t *testing.T, rules Rules, room int, chunks ...[]byte) []event {
	t.Helper()
	var l transcript
	var r Reader
	r.Reset(rules)
	dst := make([]byte, room)
	for _, chunk := range chunks {
		b := append([]byte{}, chunk...)
		for len(b) > 0 {
			p, n, err := step(t, &r, dst, b)
			if err != nil {
				if _, _, again := r.Next(b); again != err {
					t.Errorf("error %v, then %v", err, again)
				}
				return l.end(err)
			}
			b = b[n:]
			if p.Kind == KindNothing {
				if len(b) > 0 {
					t.Fatalf("nothing, but %d bytes are left", len(b))
				}
				continue
			}
			l.add(t, p)
		}
	}
	return l.end(nil)
}

func step(t *testing.T, r *Reader, dst, b []byte) (Piece, int, error) {
	t.Helper()
	if len(dst) == 0 {
		return r.Next(b)
	}
	before := string(b)
	p, n, err := r.NextTo(dst, b)
	if string(b) != before {
		t.Fatal("NextTo changed what it read")
	}
	return p, n, err
}

// bytewise cuts stream into single bytes.
func bytewise(stream []byte) [][]byte {
	var chunks [][]byte
	for i := range stream {
		chunks = append(chunks, stream[i:i+1])
	}
	return chunks
}

func frame(op Opcode, payload string) []byte {
	return AppendMasked(nil, op, testKey, []byte(payload))
}

func fragment(op Opcode, fin, rsv1 bool, payload string) []byte {
	return AppendMaskedFragment(nil, op, fin, rsv1, testKey, []byte(payload))
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// raw is a header with every bit as given, the test key if masked, and payload.
func raw(b0, b1 byte, rest string) []byte {
	b := append([]byte{b0, b1}, rest...)
	return b
}

func messageEvent(op Opcode, text string) event { return event{Kind: "message", Op: op, Text: text} }

func wrong(code CloseCode, text string) event { return event{Kind: "error", Code: code, Text: text} }

// row is a stream and what a Reader makes of it. Rows are named after the rule
// of RFC 6455 that they are about.
type row struct {
	name   string
	rules  Rules
	stream []byte
	want   []event
}

// run reads every row whole, byte by byte, cut in two anywhere, and through NextTo with little and
// with much room.
func run(t *testing.T, rows []row) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(row.want, read(t, row.rules, 0, row.stream)); d != "" {
				t.Errorf("whole (-want +got):\n%s", d)
			}
			if d := cmp.Diff(row.want, read(t, row.rules, 0, bytewise(row.stream)...)); d != "" {
				t.Errorf("byte by byte (-want +got):\n%s", d)
			}
			for i := range min(len(row.stream), 300) {
				if d := cmp.Diff(row.want, read(t, row.rules, 0, row.stream[:i], row.stream[i:])); d != "" {
					t.Fatalf("cut at %d (-want +got):\n%s", i, d)
				}
			}
			for _, room := range []int{1, 5, 4096} {
				if d := cmp.Diff(row.want, read(t, row.rules, room, row.stream)); d != "" {
					t.Errorf("NextTo with room for %d (-want +got):\n%s", room, d)
				}
			}
			if d := cmp.Diff(row.want, read(t, row.rules, 7, bytewise(row.stream)...)); d != "" {
				t.Errorf("NextTo byte by byte (-want +got):\n%s", d)
			}
		})
	}
}

func TestReaderTakesWhatIsLegal(t *testing.T) {
	t.Parallel()
	hundred, thousand, many := strings.Repeat("a", 100), strings.Repeat("b", 1000), strings.Repeat("c", 70000)
	ping125 := strings.Repeat("p", 125)
	run(t, []row{
		{"one message", Rules{}, frame(Binary, "hello"), []event{messageEvent(Binary, "hello")}},
		{"two messages in one buffer", Rules{}, join(frame(Text, "one"), frame(Binary, "two")),
			[]event{messageEvent(Text, "one"), messageEvent(Binary, "two")}},
		{"lengths in 7, 16 and 64 bits", Rules{}, join(frame(Binary, hundred), frame(Binary, thousand), frame(Binary, many)),
			[]event{messageEvent(Binary, hundred), messageEvent(Binary, thousand), messageEvent(Binary, many)}},
		{"rule 20: a server's frames are not masked", Rules{FromServer: true}, AppendFrame(nil, Text, []byte("hi")),
			[]event{messageEvent(Text, "hi")}},
		{"a mask where none is needed is honoured", Rules{FromServer: true, MaskOptional: true}, join(frame(Text, "hi"), AppendFrame(nil, Text, []byte("ho"))),
			[]event{messageEvent(Text, "hi"), messageEvent(Text, "ho")}},
		{"a client may leave the mask out if that was agreed", Rules{MaskOptional: true}, join(frame(Text, "hi"), AppendFrame(nil, Text, []byte("ho"))),
			[]event{messageEvent(Text, "hi"), messageEvent(Text, "ho")}},
		{"rule 22: a length in 16 bits that fits 7", Rules{FromServer: true}, raw(0x82, 126, "\x00\x06abcdef"), []event{messageEvent(Binary, "abcdef")}},
		{"rule 22: a length in 64 bits that fits 7", Rules{FromServer: true}, raw(0x82, 127, "\x00\x00\x00\x00\x00\x00\x00\x02ab"), []event{messageEvent(Binary, "ab")}},
		{"rule 24: a ping of 125 bytes", Rules{}, frame(Ping, ping125), []event{{Kind: "ping", Op: Ping, Text: ping125}}},
		{"rule 25: control frames between fragments", Rules{}, join(
			fragment(Text, false, false, "a"), frame(Ping, "one"), fragment(Continuation, false, false, "b"),
			frame(Pong, ""), fragment(Continuation, true, false, "c"), frame(Ping, "")),
			[]event{{Kind: "ping", Op: Ping, Text: "one"}, {Kind: "pong", Op: Pong}, messageEvent(Text, "abc"), {Kind: "ping", Op: Ping}}},
		{"rule 26: three fragments", Rules{}, join(
			fragment(Binary, false, false, "first,"), fragment(Continuation, false, false, "second,"), fragment(Continuation, true, false, "last")),
			[]event{messageEvent(Binary, "first,second,last")}},
		{"rule 29: empty messages", Rules{}, join(frame(Text, ""), frame(Binary, "")),
			[]event{messageEvent(Text, ""), messageEvent(Binary, "")}},
		{"rule 29: empty fragments", Rules{}, join(
			fragment(Text, false, false, ""), fragment(Continuation, false, false, ""), fragment(Continuation, false, false, "x"),
			fragment(Continuation, false, false, ""), fragment(Continuation, true, false, "")),
			[]event{messageEvent(Text, "x")}},
		{"rule 29: nothing but empty fragments", Rules{CheckUTF8: true}, join(
			fragment(Text, false, false, ""), fragment(Continuation, false, false, ""), fragment(Continuation, true, false, ""), frame(Text, "y")),
			[]event{messageEvent(Text, ""), messageEvent(Text, "y")}},
		{"a message that is not over", Rules{}, fragment(Text, false, false, "x"), []event{{Kind: "open", Op: Text, Text: "x"}}},
		{"rule 17: RSV1 on a message if that was agreed", Rules{Compression: true}, join(
			fragment(Text, false, true, "x"), fragment(Continuation, true, false, "y"), frame(Text, "plain")),
			[]event{{Kind: "message", Op: Text, Compressed: true, Text: "xy"}, messageEvent(Text, "plain")}},
		{"a frame that looks like another without its first byte", Rules{}, AppendMasked(nil, Binary, [4]byte{0x80, 0, 0, 0}, []byte("ab")),
			[]event{messageEvent(Binary, "ab")}},
		{"rule 33: a ping is told as it came", Rules{}, frame(Ping, "\x00\xff"), []event{{Kind: "ping", Op: Ping, Text: "\x00\xff"}}},
		{"rule 34: a pong nobody asked for", Rules{}, frame(Pong, "x"), []event{{Kind: "pong", Op: Pong, Text: "x"}}},
		{"rule 36: an empty close", Rules{}, frame(Close, ""), []event{{Kind: "close", Op: Close}}},
		{"rule 36: a close with a code", Rules{}, frame(Close, "\x03\xe8"), []event{{Kind: "close", Op: Close, Code: 1000}}},
		{"rule 36: a close with a reason", Rules{}, frame(Close, "\x03\xe9bye é"), []event{{Kind: "close", Op: Close, Code: 1001, Text: "bye é"}}},
		{"rule 42: a close with the longest reason", Rules{}, frame(Close, "\x03\xe8"+ping125[:123]), []event{{Kind: "close", Op: Close, Code: 1000, Text: ping125[:123]}}},
		{"rule 40: what follows a close does not count", Rules{}, join(frame(Text, "x"), frame(Close, ""), frame(Text, "y"), frame(Close, "\x03\xe8"), raw(0xff, 0, "")),
			[]event{messageEvent(Text, "x"), {Kind: "close", Op: Close}}},
		{"a close within a message", Rules{}, join(fragment(Text, false, false, "x"), frame(Close, "\x03\xe8")),
			[]event{{Kind: "open", Op: Text, Text: "x"}, {Kind: "close", Op: Close, Code: 1000}}},
	})
}

func TestReaderRefusesWhatBreaksTheProtocol(t *testing.T) {
	t.Parallel()
	const protocol = StatusProtocolError
	good := frame(Text, "good")
	after := func(bad ...[]byte) []byte { return join(good, join(bad...)) }
	refused := func(text string) []event { return []event{messageEvent(Text, "good"), wrong(protocol, text)} }
	rows := []row{
		{"rule 17: RSV2", Rules{Compression: true}, after(raw(0xa1, 0x80, "")), refused("RSV2 and RSV3 must be clear")},
		{"rule 17: RSV3", Rules{Compression: true}, after(raw(0x91, 0x80, "")), refused("RSV2 and RSV3 must be clear")},
		{"rule 17: RSV1 that was not agreed", Rules{}, after(raw(0xc1, 0x80, "")), refused("compressed frame received without negotiated permessage-deflate")},
		{"rule 17: RSV1 on a control frame that was not agreed", Rules{}, after(raw(0xc9, 0x80, "")), refused("compressed frame received without negotiated permessage-deflate")},
		{"rule 19: a client's frame without a mask", Rules{}, after(AppendFrame(nil, Text, []byte("x"))), refused("mask bit missing")},
		{"rule 19: a client's ping without a mask", Rules{}, after(AppendFrame(nil, Ping, nil)), refused("mask bit missing")},
		{"rule 21 and 20: a server's frame with a mask", Rules{FromServer: true}, join(AppendFrame(nil, Text, []byte("good")), frame(Text, "x")),
			refused("mask bit set in a frame from a server")},
		{"rule 23: the highest bit of a 64-bit length", Rules{}, after(raw(0x82, 0xff, "\x80\x00\x00\x00\x00\x00\x00\x00")), refused("invalid 64-bit payload length")},
		{"rule 23: all bits of a 64-bit length", Rules{}, after(raw(0x82, 0xff, "\xff\xff\xff\xff\xff\xff\xff\xff")), refused("invalid 64-bit payload length")},
		{"rule 23: as soon as the bit is there", Rules{}, after(raw(0x82, 0xff, "\x80")), refused("invalid 64-bit payload length")},
		{"rule 24: a ping of 126 bytes", Rules{}, after(raw(0x89, 0xfe, "")), refused("control frame length bigger than maximum allowed of 125 bytes")},
		{"rule 24: a close with a length of 64 bits", Rules{}, after(raw(0x88, 0xff, "")), refused("control frame length bigger than maximum allowed of 125 bytes")},
		{"rule 24: a ping without FIN", Rules{}, after(raw(0x09, 0x80, "")), refused("control frame does not have final bit set")},
		{"rule 24: a close without FIN", Rules{}, after(raw(0x08, 0x80, "")), refused("control frame does not have final bit set")},
		{"a compressed ping", Rules{Compression: true}, after(raw(0xc9, 0x80, "")), refused("control frame must not be compressed")},
		{"a compressed close", Rules{Compression: true}, after(raw(0xc8, 0x80, "")), refused("control frame must not be compressed")},
		{"rule 26: RSV1 on a continuation", Rules{Compression: true}, after(fragment(Text, false, true, "x"), raw(0xc0, 0x80, "")), refused("invalid continuation frame")},
		{"rule 27: a message within a message", Rules{}, after(fragment(Text, false, false, "x"), frame(Binary, "y")),
			refused("new message started before final frame for previous message was received")},
		{"rule 28: a continuation of nothing", Rules{}, after(raw(0x80, 0x80, "")), refused("invalid continuation frame")},
		{"rule 28: a continuation of nothing, not final", Rules{}, after(raw(0x00, 0x80, "")), refused("invalid continuation frame")},
		{"rule 28: a continuation after the last frame", Rules{}, after(fragment(Text, false, false, "x"), fragment(Continuation, true, false, "y"), fragment(Continuation, true, false, "z")),
			[]event{messageEvent(Text, "good"), messageEvent(Text, "xy"), wrong(protocol, "invalid continuation frame")}},
		{"rule 31: a reason that is not UTF-8", Rules{}, after(frame(Close, "\x03\xe8\xff")),
			[]event{messageEvent(Text, "good"), wrong(StatusInvalidPayload, "invalid utf8 body in close frame")}},
		{"rule 31: a reason that ends within a character", Rules{}, after(frame(Close, "\x03\xe8\xc3")),
			[]event{messageEvent(Text, "good"), wrong(StatusInvalidPayload, "invalid utf8 body in close frame")}},
		{"rule 36: a close with one byte", Rules{}, after(frame(Close, "\x03")), refused("close frame payload cannot be 1 byte")},
		{"order: RSV2 before RSV1, mask and opcode", Rules{}, after(raw(0xff, 0x7f, "")), refused("RSV2 and RSV3 must be clear")},
		{"order: RSV1 before mask and opcode", Rules{}, after(raw(0x4f, 0x7f, "")), refused("compressed frame received without negotiated permessage-deflate")},
		{"order: mask before opcode", Rules{}, after(raw(0x0f, 0x7f, "")), refused("mask bit missing")},
		{"order: opcode before length", Rules{}, after(raw(0x03, 0xff, "\xff")), refused("unknown opcode 3")},
		{"order: the length of a control frame before its FIN", Rules{}, after(raw(0x09, 0xff, "\xff")), refused("control frame length bigger than maximum allowed of 125 bytes")},
		{"order: length before key", Rules{MaxMessage: 4}, after(raw(0x82, 0x85, "")), []event{messageEvent(Text, "good"), wrong(StatusTooBig, "maximum payload exceeded")}},
	}
	for _, op := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		text := errOpcode(Opcode(op)).Text
		rows = append(rows,
			row{"rule 18: " + text, Rules{}, after(raw(0x80|op, 0x80, "")), refused(text)},
			row{"rule 18: not final, " + text, Rules{Compression: true}, after(raw(0x40|op, 0xff, "")), refused(text)},
		)
	}
	run(t, rows)
}

func TestReaderRefusesEveryCodeThatMayNotBeSent(t *testing.T) {
	t.Parallel()
	for code := range 1 << 16 {
		c := CloseCode(code)
		payload := string([]byte{byte(code >> 8), byte(code)})
		got := read(t, Rules{}, 0, frame(Close, payload))
		want := []event{{Kind: "close", Op: Close, Code: c}}
		registered := code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006
		if private := code >= 3000 && code <= 4999; !registered && !private { // rule 37
			want = []event{wrong(StatusProtocolError, "invalid close status code "+c.String())}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("code %d (-want +got):\n%s", code, d)
		}
	}
}

func TestReaderChecksText(t *testing.T) {
	t.Parallel()
	check := Rules{CheckUTF8: true, Compression: true}
	refused := []event{wrong(StatusInvalidPayload, "invalid utf8 in text message")}
	run(t, []row{
		{"rule 30: a character over two fragments", check, join(fragment(Text, false, false, "a\xc3"), frame(Ping, "\xff"), fragment(Continuation, true, false, "\xa9")),
			[]event{{Kind: "ping", Op: Ping, Text: "\xff"}, messageEvent(Text, "aé")}},
		{"rule 30: at the first bad byte, not at the end of the frame", check, fragment(Text, false, false, "ok\xed\xa0and more")[:10], refused},
		{"rule 30: a text that ends within a character", check, frame(Text, "a\xe2\x82"), refused},
		{"rule 30: a text whose empty last fragment ends within a character", check, join(fragment(Text, false, false, "\xe2\x82"), fragment(Continuation, true, false, "")), refused},
		{"rule 30: every message begins anew", check, join(frame(Text, "é"), frame(Text, "\xa9")), []event{messageEvent(Text, "é"), refused[0]}},
		{"rule 30: switched off", Rules{}, frame(Text, "\xff"), []event{messageEvent(Text, "\xff")}},
		{"rule 30: binary is not text", check, frame(Binary, "\xff"), []event{messageEvent(Binary, "\xff")}},
		{"rule 30: compressed text is not text yet", check, fragment(Text, true, true, "\xff"), []event{{Kind: "message", Op: Text, Compressed: true, Text: "\xff"}}},
		{"rule 32: an overlong slash", check, frame(Text, "\xc0\xaf"), refused},
		{"rule 32: a surrogate", check, frame(Text, "\xed\xa0\x80"), refused},
		{"rule 32: beyond U+10FFFF", check, frame(Text, "\xf4\x90\x80\x80"), refused},
		{"rule 32: what is not a character is still text", check, frame(Text, "\uffff\U0001ffff\U0010ffff"), []event{messageEvent(Text, "\uffff\U0001ffff\U0010ffff")}},
	})
}

func TestReaderHoldsMessagesToTheLimits(t *testing.T) {
	t.Parallel()
	big, many := wrong(StatusTooBig, "maximum payload exceeded"), wrong(StatusTooBig, "maximum number of fragments exceeded")
	run(t, []row{
		{"rule 43: exactly as long as allowed", Rules{MaxMessage: 5}, join(frame(Text, "12345"), fragment(Text, false, false, "123"), fragment(Continuation, true, false, "45")),
			[]event{messageEvent(Text, "12345"), messageEvent(Text, "12345")}},
		{"rule 43: too long in one frame", Rules{MaxMessage: 5}, frame(Text, "123456"), []event{big}},
		{"rule 43: too long in two frames", Rules{MaxMessage: 5}, join(fragment(Text, false, false, "123"), fragment(Continuation, true, false, "456")), []event{big}},
		{"rule 43: too long by what it announces", Rules{MaxMessage: 1 << 20}, raw(0x82, 0xff, "\x7f\xff\xff\xff\xff\xff\xff\xff"), []event{big}},
		{"rule 43: sums do not overflow", Rules{MaxMessage: 1<<64 - 1}, join(
			fragment(Text, false, false, "x"), raw(0x80, 0xff, "\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00")),
			[]event{{Kind: "open", Op: Text, Text: "x"}}},
		{"rule 43: control frames do not count", Rules{MaxMessage: 2, MaxFragments: 1}, join(frame(Ping, "long ping"), frame(Text, "x")),
			[]event{{Kind: "ping", Op: Ping, Text: "long ping"}, messageEvent(Text, "x")}},
		{"as many fragments as allowed", Rules{MaxFragments: 2}, join(fragment(Text, false, false, "1"), fragment(Continuation, true, false, "2"), frame(Text, "3")),
			[]event{messageEvent(Text, "12"), messageEvent(Text, "3")}},
		{"too many fragments", Rules{MaxFragments: 2}, join(fragment(Text, false, false, ""), fragment(Continuation, false, false, ""), fragment(Continuation, true, false, "")), []event{many}},
	})
}

func TestReaderWithoutRoomWaits(t *testing.T) {
	t.Parallel()
	r := NewReader(Rules{})
	stream := join(frame(Ping, "p"), frame(Text, "hi"))
	p, n, err := r.NextTo(nil, stream)
	if err != nil || p.Kind != KindPing || string(p.Payload) != "p" {
		t.Fatalf("NextTo = %+v, %d, %v", p, n, err)
	}
	stream = stream[n:]
	p, n, err = r.NextTo(nil, stream)
	if err != nil || p.Kind != KindNothing || n != 6 {
		t.Fatalf("NextTo = %+v, %d, %v", p, n, err)
	}
	p, n, err = r.NextTo(make([]byte, 8), stream[n:])
	if err != nil || string(p.Payload) != "hi" || n != 2 {
		t.Fatalf("NextTo = %+v, %d, %v", p, n, err)
	}
}

func TestReaderIsSmall(t *testing.T) {
	t.Parallel()
	if size := reflect.TypeFor[Reader]().Size(); size > 256 {
		t.Errorf("a Reader has %d bytes", size)
	}
}
