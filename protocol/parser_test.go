package protocol

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// grammarRow is an input of one connection: the commands that come out of it
// and, if it is not good to its end, the error.
type grammarRow struct {
	name  string
	input string
	want  []seen
	err   error
	log   string // Error() of err, if it is worth a look
}

var ping = seen{Kind: KindPing}

// pub is what a canonical PUB parses to.
func pub(subject, reply, size, payload string) seen {
	tail := size
	if reply != "" {
		tail = reply + " " + size
	}
	return seen{
		Kind: KindPub, Subject: subject, Reply: reply, Size: size, Payload: payload,
		Arg: subject + " " + tail, Msg: payload + crlf, Tail: tail + crlf + payload + crlf,
	}
}

// loose is op as it parses from a line that is not canonical.
func (op seen) loose(arg string) seen {
	op.Arg, op.Tail = arg, ""
	return op
}

var clientGrammar = []grammarRow{
	// Lines without arguments.
	{name: "ping", input: "PING\r\n", want: []seen{ping}},
	{name: "ping in any case", input: "ping\r\npInG\r\n", want: []seen{ping, ping}},
	{name: "ping with bare LF", input: "PING\n", want: []seen{ping}},
	{name: "ping with more behind it", input: "PINGxyz\r\nPING \r\n", want: []seen{ping, ping}},
	{name: "pong", input: "PONG\r\npongabc\n", want: []seen{{Kind: KindPong}, {Kind: KindPong}}},
	{name: "ok", input: "+OK\r\n+ok\r\n+OKabc\r\n", want: []seen{{Kind: KindOK}, {Kind: KindOK}, {Kind: KindOK}}},
	{name: "err", input: "-ERR 'boo'\r\n", want: []seen{{Kind: KindErr, Arg: "'boo'"}}},
	{name: "err in lower case", input: "-err x\r\n", want: []seen{{Kind: KindErr, Arg: "x"}}},
	{name: "err without text", input: "-ERR \r\n", want: []seen{{Kind: KindErr}}},

	// Documents.
	{name: "connect", input: "CONNECT {\"a\":1}\r\n", want: []seen{{Kind: KindConnect, Arg: `{"a":1}`}}},
	{name: "connect without blank", input: "CONNECT{}\r\n", want: []seen{{Kind: KindConnect, Arg: `{}`}}},
	{name: "connect with many blanks", input: "connect \t {} \r\n", want: []seen{{Kind: KindConnect, Arg: `{} `}}},
	{name: "connect without document", input: "CONNECT\r\nCONNECT \r\n", want: []seen{{Kind: KindConnect}, {Kind: KindConnect}}},
	{name: "connect with other things", input: "CONNECTX\r\n", want: []seen{{Kind: KindConnect, Arg: "X"}}},
	{name: "CR inside drops the last byte", input: "CONNECT {}\rX\n", want: []seen{{Kind: KindConnect, Arg: "{}\r"}}},
	{name: "info", input: "INFO {}\r\ninfo{}\r\nINFO\r\n", want: []seen{{Kind: KindInfo, Arg: "{}"}, {Kind: KindInfo, Arg: "{}"}, {Kind: KindInfo}}},

	// SUB.
	{name: "sub", input: "SUB foo 1\r\n", want: []seen{{Kind: KindSub, Subject: "foo", SID: "1", Arg: "foo 1"}}},
	{name: "sub with queue", input: "SUB foo q 1\r\n", want: []seen{{Kind: KindSub, Subject: "foo", Queue: "q", SID: "1", Arg: "foo q 1"}}},
	{name: "sub with runs of blanks", input: "sub\tfoo   q\t 1  \r\n", want: []seen{{Kind: KindSub, Subject: "foo", Queue: "q", SID: "1", Arg: "foo   q\t 1  "}}},
	{name: "sub with bare LF", input: "SUB foo 1\n", want: []seen{{Kind: KindSub, Subject: "foo", SID: "1", Arg: "foo 1"}}},
	{name: "CR separates in sub", input: "SUB fo\ro 1\r\n", want: []seen{{Kind: KindSub, Subject: "fo", Queue: "o", SID: "1", Arg: "fo\ro 1"}}},
	{name: "sub with CR CR LF", input: "SUB foo 1\r\r\n", want: []seen{{Kind: KindSub, Subject: "foo", SID: "1", Arg: "foo 1\r"}}},
	{name: "sub with a byte behind CR", input: "SUB foo 1\rX\n", want: []seen{{Kind: KindSub, Subject: "foo", SID: "1", Arg: "foo 1\r"}}},
	{name: "CR inside and bare LF lose the sid", input: "SUB fo\ro 1\n", want: []seen{{Kind: KindSub, Subject: "fo", SID: "o", Arg: "fo\ro "}}},
	{name: "sub of UTF-8 and control characters", input: "SUB ü.\x01\x7f\x0b,. 1\r\n", want: []seen{{Kind: KindSub, Subject: "ü.\x01\x7f\x0b,.", SID: "1", Arg: "ü.\x01\x7f\x0b,. 1"}}},
	{name: "sub with one argument", input: "SUB foo\r\n", err: ErrArguments, log: `processSub Parse Error: "foo"`},
	{name: "sub with four arguments", input: "SUB a b c d\r\n", err: ErrArguments, log: `processSub Parse Error: "a b c d"`},
	{name: "sub without arguments", input: "SUB \r\n", err: ErrArguments},
	{name: "sub without arguments and bare LF", input: "SUB \n", err: ErrArguments},
	{name: "sub with NUL", input: "SUB a\x00b 1\r\n", err: ErrUnsafeToken, log: `processSub Unsafe Argument: "a\x00b 1"`},

	// UNSUB.
	{name: "unsub", input: "UNSUB 1\r\n", want: []seen{{Kind: KindUnsub, SID: "1", Arg: "1"}}},
	{name: "unsub with max", input: "unsub  1\t02 \r\n", want: []seen{{Kind: KindUnsub, SID: "1", Max: 2, Arg: "1\t02 "}}},
	{name: "unsub with nine digits", input: "UNSUB 1 999999999\r\n", want: []seen{{Kind: KindUnsub, SID: "1", Max: 999999999, Arg: "1 999999999"}}},
	{name: "unsub with ten digits means now", input: "UNSUB 1 9999999999\r\n", want: []seen{{Kind: KindUnsub, SID: "1", Max: -1, Arg: "1 9999999999"}}},
	{name: "unsub with a negative max means now", input: "UNSUB 1 -1\r\n", want: []seen{{Kind: KindUnsub, SID: "1", Max: -1, Arg: "1 -1"}}},
	{name: "unsub with garbage means now", input: "UNSUB 1 +2\r\n", want: []seen{{Kind: KindUnsub, SID: "1", Max: -1, Arg: "1 +2"}}},
	{name: "unsub of three arguments", input: "UNSUB 1 2 3\r\n", err: ErrArguments, log: `processUnsub Parse Error: "1 2 3"`},
	{name: "unsub without arguments", input: "UNSUB  \r\n", err: ErrArguments},
	{name: "unsub with NUL", input: "UNSUB \x00 1\x00\r\n", want: []seen{{Kind: KindUnsub, SID: "\x00", Max: -1, Arg: "\x00 1\x00"}}},

	// PUB.
	{name: "pub", input: "PUB foo 5\r\nhello\r\n", want: []seen{pub("foo", "", "5", "hello")}},
	{name: "pub in any case", input: "pUb foo 5\r\nhello\r\n", want: []seen{pub("foo", "", "5", "hello")}},
	{name: "pub with reply", input: "PUB foo bar 5\r\nhello\r\n", want: []seen{pub("foo", "bar", "5", "hello")}},
	{name: "pub of nothing", input: "PUB foo 0\r\n\r\n", want: []seen{pub("foo", "", "0", "")}},
	{name: "pub of line ends", input: "PUB foo 4\r\n\r\n\r\n\r\n", want: []seen{pub("foo", "", "4", "\r\n\r\n")}},
	{name: "pub with leading zeros", input: "PUB foo 000000001\r\nA\r\n", want: []seen{pub("foo", "", "000000001", "A")}},
	{name: "blanks before the subject", input: "PUB  \tfoo 1\r\nA\r\n", want: []seen{pub("foo", "", "1", "A")}},
	{name: "tab behind the verb", input: "PUB\tfoo 1\r\nA\r\n", want: []seen{pub("foo", "", "1", "A")}},
	{name: "two blanks behind the subject", input: "PUB foo  1\r\nA\r\n", want: []seen{{
		Kind: KindPub, Subject: "foo", Size: "1", Arg: "foo  1", Payload: "A", Msg: "A\r\n", Tail: "1\r\nA\r\n",
	}}},
	{name: "tab behind the reply", input: "PUB foo bar\t1\r\nA\r\n", want: []seen{pub("foo", "bar", "1", "A").loose("foo bar\t1")}},
	{name: "two blanks behind the reply", input: "PUB foo bar  1\r\nA\r\n", want: []seen{pub("foo", "bar", "1", "A").loose("foo bar  1")}},
	{name: "blank behind the size", input: "PUB foo 1 \r\nA\r\n", want: []seen{pub("foo", "", "1", "A").loose("foo 1 ")}},
	{name: "bare LF behind the line", input: "PUB foo bar 1\nA\r\n", want: []seen{pub("foo", "bar", "1", "A").loose("foo bar 1")}},
	{name: "pub and more", input: "PUB a 1\r\nA\r\nPUB b 1\r\nB\r\nPING\r\n", want: []seen{pub("a", "", "1", "A"), pub("b", "", "1", "B"), ping}},
	{name: "pub of odd subjects", input: "PUB a..b.*.ü\x0b 1\r\nA\r\n", want: []seen{pub("a..b.*.ü\x0b", "", "1", "A")}},
	{name: "pub without size", input: "PUB foo\r\n", err: ErrArguments, log: `processPub Parse Error: "foo"`},
	{name: "pub without arguments", input: "PUB \r\n", err: ErrArguments},
	{name: "pub with four arguments", input: "PUB a b c 1\r\n", err: ErrArguments, log: `processPub Parse Error: "a b c 1"`},
	{name: "pub with many arguments", input: "PUB a b c d e f g h 1\r\n", err: ErrArguments},
	{name: "negative size", input: "PUB foo -1\r\n", err: ErrSize, log: `processPub Bad or Missing Size: "foo -1"`},
	{name: "size in words", input: "PUB foo bar abc\r\n", err: ErrSize, log: `processPub Bad or Missing Size: "foo bar abc"`},
	{name: "size of ten digits", input: "PUB foo 0000000001\r\n", err: ErrSize},
	{name: "size with a byte behind CR", input: "PUB foo 1\rX\nA\r\n", err: ErrSize, log: `processPub Bad or Missing Size: "foo 1\r"`},
	{name: "CR separates nothing in pub", input: "PUB foo\r1\r\n", err: ErrArguments},
	{name: "CR in the subject", input: "PUB fo\ro 1\r\n", err: ErrUnsafeToken, log: `processPub Unsafe Argument: "fo\ro 1"`},
	{name: "NUL in the reply", input: "PUB foo b\x00r 1\r\n", err: ErrUnsafeToken},
	{name: "payload too long", input: "PUB foo 1\r\nAB", err: ErrUnknownOperation},
	{name: "payload too short", input: "PUB foo 3\r\nAB\r\n\r\n", err: ErrUnknownOperation},
	{name: "payload with bare LF", input: "PUB foo 1\r\nA\n", err: ErrUnknownOperation},
	{name: "payload with LF in the right place only", input: "PUB foo 1\r\nAX\n", err: ErrUnknownOperation},
	{name: "payload with half a line end", input: "PUB foo 1\r\nA\rX", err: ErrUnknownOperation},

	// HPUB.
	{name: "hpub", input: "HPUB f 5 7\r\nhello12\r\n", want: []seen{{
		Kind: KindHPub, Subject: "f", HdrSize: "5", Size: "7", Arg: "f 5 7",
		Header: "hello", Payload: "12", Msg: "hello12\r\n", Tail: "5 7\r\nhello12\r\n",
	}}},
	{name: "hpub with reply and zeros", input: "hpub f r 05 007\r\nhello12\r\n", want: []seen{{
		Kind: KindHPub, Subject: "f", Reply: "r", HdrSize: "05", Size: "007", Arg: "f r 05 007",
		Header: "hello", Payload: "12", Msg: "hello12\r\n", Tail: "r 05 007\r\nhello12\r\n",
	}}},
	{name: "hpub without payload", input: "HPUB f 2 2\r\nab\r\n", want: []seen{{
		Kind: KindHPub, Subject: "f", HdrSize: "2", Size: "2", Arg: "f 2 2", Header: "ab", Msg: "ab\r\n", Tail: "2 2\r\nab\r\n",
	}}},
	{name: "hpub without header has no tail", input: "HPUB f 00 3\r\nabc\r\n", want: []seen{{
		Kind: KindHPub, Subject: "f", HdrSize: "00", Size: "3", Arg: "f 00 3", Payload: "abc", Msg: "abc\r\n",
	}}},
	{name: "hpub in a loose line", input: "HPUB f  r 1  2\r\nab\r\n", want: []seen{{
		Kind: KindHPub, Subject: "f", Reply: "r", HdrSize: "1", Size: "2", Arg: "f  r 1  2", Header: "a", Payload: "b", Msg: "ab\r\n",
	}}},
	{name: "hpub of two arguments", input: "HPUB f 14\r\n", err: ErrArguments, log: `processHeaderPub Parse Error: "f 14"`},
	{name: "hpub of five arguments", input: "HPUB f a b 1 2\r\n", err: ErrArguments},
	{name: "hpub with bad header size", input: "HPUB f x 3\r\n", err: ErrSize, log: `processHeaderPub Bad or Missing Header Size: "f x 3"`},
	{name: "hpub with bad total size", input: "HPUB f 3 x\r\n", err: ErrSize, log: `processHeaderPub Bad or Missing Total Size: "f 3 x"`},
	{name: "hpub with header larger than all", input: "HPUB f 5 3\r\n", err: ErrSize, log: `processHeaderPub Header Size larger than Total Size: "f 5 3"`},
	{name: "hpub with wrong end", input: "HPUB f 1 2\r\nabX", err: ErrUnknownOperation},

	// Verbs that are none.
	{name: "empty line", input: "\r\n", err: ErrUnknownOperation},
	{name: "bare LF", input: "\n", err: ErrUnknownOperation},
	{name: "leading blank", input: " PING\r\n", err: ErrUnknownOperation},
	{name: "NUL", input: "\x00", err: ErrUnknownOperation},
	{name: "unknown letter", input: "X", err: ErrUnknownOperation},
	{name: "wrong second letter", input: "PX", err: ErrUnknownOperation},
	{name: "wrong third letter", input: "PUX", err: ErrUnknownOperation},
	{name: "wrong last letter", input: "PINX", err: ErrUnknownOperation},
	{name: "letters that differ in bit 5 only", input: "P\x15B a 1\r\n", err: ErrUnknownOperation},
	{name: "pub without blank", input: "PUBX", err: ErrUnknownOperation},
	{name: "pub without anything", input: "PUB\r", err: ErrUnknownOperation},
	{name: "sub without blank", input: "SUBfoo", err: ErrUnknownOperation},
	{name: "sub without anything", input: "SUB\r\n", err: ErrUnknownOperation},
	{name: "unsub without anything", input: "UNSUB\r\n", err: ErrUnknownOperation},
	{name: "err without blank", input: "-ERRfoo", err: ErrUnknownOperation},
	{name: "err without anything", input: "-ERR\r\n", err: ErrUnknownOperation},
	{name: "half an ok", input: "+OX", err: ErrUnknownOperation},
	{name: "vertical tab is no plus", input: "\x0bOK\r\n", err: ErrUnknownOperation},
	{name: "msg", input: "M", err: ErrUnknownOperation},
	{name: "hmsg", input: "HM", err: ErrUnknownOperation},
	{name: "route verb", input: "R", err: ErrUnknownOperation},
	{name: "account verb", input: "A", err: ErrUnknownOperation},
	{name: "leaf verb", input: "L", err: ErrUnknownOperation},
	{name: "TLS handshake", input: "\x16\x03\x01", err: ErrUnknownOperation},
	{name: "HTTP", input: "G", err: ErrUnknownOperation},
	{name: "good, then bad", input: "PING\r\nPUB a 1\r\nA\r\nBAD", want: []seen{ping, pub("a", "", "1", "A")}, err: ErrUnknownOperation},
}

var serverGrammar = []grammarRow{
	{name: "info", input: "INFO {\"a\":1} \r\n", want: []seen{{Kind: KindInfo, Arg: `{"a":1} `}}},
	{name: "ping, pong, ok", input: "PING\r\nPONG\r\n+OK\r\n", want: []seen{ping, {Kind: KindPong}, {Kind: KindOK}}},
	{name: "err", input: "-ERR 'Stale Connection'\r\n", want: []seen{{Kind: KindErr, Arg: "'Stale Connection'"}}},
	{name: "msg", input: "MSG foo 9 5\r\nhello\r\n", want: []seen{{
		Kind: KindMsg, Subject: "foo", SID: "9", Size: "5", Arg: "foo 9 5", Payload: "hello", Msg: "hello\r\n", Tail: "5\r\nhello\r\n",
	}}},
	{name: "msg with reply", input: "msg foo 9 bar 5\r\nhello\r\n", want: []seen{{
		Kind: KindMsg, Subject: "foo", SID: "9", Reply: "bar", Size: "5", Arg: "foo 9 bar 5", Payload: "hello", Msg: "hello\r\n", Tail: "bar 5\r\nhello\r\n",
	}}},
	{name: "msg with an empty reply", input: "MSG tr 9  1\r\nA\r\n", want: []seen{{
		Kind: KindMsg, Subject: "tr", SID: "9", Size: "1", Arg: "tr 9  1", Payload: "A", Msg: "A\r\n", Tail: "1\r\nA\r\n",
	}}},
	{name: "hmsg", input: "HMSG inb 7 38 38\r\nNATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n", want: []seen{{
		Kind: KindHMsg, Subject: "inb", SID: "7", HdrSize: "38", Size: "38", Arg: "inb 7 38 38",
		Header: "NATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n",
		Msg:    "NATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n",
		Tail:   "38 38\r\nNATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n",
	}}},
	{name: "hmsg with reply", input: "HMSG s 7 r 1 2\r\nab\r\n", want: []seen{{
		Kind: KindHMsg, Subject: "s", SID: "7", Reply: "r", HdrSize: "1", Size: "2", Arg: "s 7 r 1 2",
		Header: "a", Payload: "b", Msg: "ab\r\n", Tail: "r 1 2\r\nab\r\n",
	}}},
	{name: "msg of two arguments", input: "MSG foo 9\r\n", err: ErrArguments, log: `processMsg Parse Error: "foo 9"`},
	{name: "msg of five arguments", input: "MSG foo 9 a b 1\r\n", err: ErrArguments},
	{name: "hmsg of three arguments", input: "HMSG foo 9 1\r\n", err: ErrArguments},
	{name: "hmsg of six arguments", input: "HMSG foo 9 a b 1 2\r\n", err: ErrArguments},
	{name: "msg with bad size", input: "MSG foo 9 x\r\n", err: ErrSize},
	{name: "msg with NUL", input: "MSG f\x00o 9 1\r\n", err: ErrUnsafeToken},
	{name: "pub", input: "PU", err: ErrUnknownOperation},
	{name: "sub", input: "S", err: ErrUnknownOperation},
	{name: "unsub", input: "U", err: ErrUnknownOperation},
	{name: "connect", input: "C", err: ErrUnknownOperation},
	{name: "hpub", input: "HP", err: ErrUnknownOperation},
}

func TestParserReadsClients(t *testing.T) {
	t.Parallel()
	testGrammar(t, Parser{Limits: Limits{Headers: true}}, clientGrammar)
}

func TestParserReadsServers(t *testing.T) {
	t.Parallel()
	testGrammar(t, Parser{Role: FromServer}, serverGrammar)
}

func testGrammar(t *testing.T, fresh Parser, rows []grammarRow) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := fresh
			got, rest, err := feed(t, &p, []byte(row.input))
			if !errors.Is(err, row.err) {
				t.Fatalf("error %v, want %v", err, row.err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
			if err == nil && len(rest) != 0 {
				t.Errorf("left over: %q", rest)
			}
			if row.log != "" && err.Error() != row.log {
				t.Errorf("log text %q, want %q", err, row.log)
			}
			compareSplits(t, fresh, []byte(row.input))
		})
	}
}

// compareSplits checks that stream gives the same in one piece, in two pieces
// cut anywhere and byte by byte.
func compareSplits(t *testing.T, fresh Parser, stream []byte) {
	t.Helper()
	for cut := range len(stream) {
		compareSplit(t, fresh, stream, stream[:cut], stream[cut:])
	}
	compareSplit(t, fresh, stream, bytewise(stream)...)
}

func compareSplit(t testing.TB, fresh Parser, stream []byte, pieces ...[]byte) {
	t.Helper()
	whole := fresh
	wantOps, wantRest, wantErr := feed(t, &whole, stream)
	split := fresh
	gotOps, gotRest, gotErr := feed(t, &split, pieces...)
	if !slices.Equal(wantOps, gotOps) { // cmp.Diff is slow on what is equal, and the fuzzer comes here
		t.Errorf("commands of %q split into %q (-whole +split):\n%s", stream, pieces, cmp.Diff(wantOps, gotOps))
	}
	if wantErr == nil && string(wantRest) != string(gotRest) {
		t.Errorf("left over of %q split into %q: %q, want %q", stream, pieces, gotRest, wantRest)
	}
	if errText(wantErr) != errText(gotErr) {
		t.Errorf("error of %q split into %q: %v, want %v", stream, pieces, gotErr, wantErr)
	}
}

func errText(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return ""
	}
	return strings.Join([]string{e.Text(), e.Error(), e.Reason().String()}, "|")
}

func TestParserRefusesHeadersWithoutAgreement(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"HPUB f 5 7\r\n", "HPUB f 14\r\n", "HPUB f 5 99999999\r\n"} {
		var p Parser
		if _, _, err := feed(t, &p, []byte(input)); !errors.Is(err, ErrHeadersNotSupported) {
			t.Errorf("%q: error %v", input, err)
		}
		compareSplits(t, Parser{}, []byte(input))
	}
}

func TestParserRepeatsItsError(t *testing.T) {
	t.Parallel()
	var p Parser
	var op Op
	for range 2 {
		if n, err := p.Next([]byte("SUB a\r\nPING\r\n"), &op); n != 0 || !errors.Is(err, ErrArguments) {
			t.Fatalf("Next = %d, %v", n, err)
		}
	}
}

func TestNeedTellsTheLengthOfAMessage(t *testing.T) {
	t.Parallel()
	msg := AppendPub(nil, "foo", "", make([]byte, 1000))
	var p Parser
	var op Op
	for have := range len(msg) {
		if n, err := p.Next(msg[:have], &op); n != 0 || err != nil {
			t.Fatalf("Next of %d bytes = %d, %v", have, n, err)
		}
		want := 0
		if have >= len("PUB foo 1000\r\n") {
			want = len(msg)
		}
		if p.Need() != want {
			t.Fatalf("Need after %d bytes = %d, want %d", have, p.Need(), want)
		}
	}
	if n, err := p.Next(msg, &op); n != len(msg) || err != nil || p.Need() != 0 {
		t.Fatalf("Next = %d, %v; Need %d", n, err, p.Need())
	}
}

func TestOpPointsIntoTheBuffer(t *testing.T) {
	t.Parallel()
	buf := []byte("PUB foo bar 5\r\nhello\r\n")
	var p Parser
	var op Op
	if _, err := p.Next(buf, &op); err != nil {
		t.Fatal(err)
	}
	if &op.Subject[0] != &buf[4] || &op.Tail[0] != &buf[8] || &op.Payload[0] != &buf[15] {
		t.Error("Next copied bytes")
	}
}
