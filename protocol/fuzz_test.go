package protocol

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// addGrammar seeds f with the rows of the grammar tables.
func addGrammar(f *testing.F, add func(input []byte, fromServer bool)) {
	f.Helper()
	for _, row := range clientGrammar {
		add([]byte(row.input), false)
	}
	for _, row := range serverGrammar {
		add([]byte(row.input), true)
	}
}

// FuzzSplit: a stream means the same however it is cut. Because the pieces
// take the long way through the grammar where the whole takes the short one,
// this compares those two as well.
func FuzzSplit(f *testing.F) {
	addGrammar(f, func(input []byte, fromServer bool) { f.Add(input, fromServer, uint8(3), uint16(0)) })
	f.Add(manyPing(20), false, uint8(7), uint16(16))
	f.Fuzz(func(t *testing.T, stream []byte, fromServer bool, size uint8, maxLine uint16) {
		if len(stream) > 1<<11 {
			t.Skip("slow: every piece moves the buffer")
		}
		fresh := Parser{Limits: Limits{MaxControlLine: int(maxLine), MaxPayload: 1 << 12, Headers: size%2 == 0}}
		if fromServer {
			fresh.Role = FromServer
		}
		var pieces [][]byte
		for rest := stream; len(rest) > 0; {
			n := min(int(size)+1, len(rest))
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		compareSplit(t, fresh, stream, pieces...)
		if len(stream) <= 512 {
			compareSplit(t, fresh, stream, bytewise(stream)...)
			cut := int(size) % (len(stream) + 1)
			compareSplit(t, fresh, stream, stream[:cut], stream[cut:])
		}
	})
}

// FuzzParser: no input makes the parser panic, misreport what it consumed, or
// ask for more bytes than the limits allow (feed checks these). What it did
// accept is safe to put into a line; the sid of an UNSUB never gets into one.
func FuzzParser(f *testing.F) {
	addGrammar(f, func(input []byte, fromServer bool) { f.Add(input, fromServer, 0, 0) })
	f.Add([]byte("PUB a 999999999\r\n"), false, -1, -1)
	f.Fuzz(func(t *testing.T, stream []byte, fromServer bool, maxLine, maxPayload int) {
		p := Parser{Limits: Limits{MaxControlLine: min(maxLine, 1<<16), MaxPayload: min(maxPayload, 1<<20), Headers: true}}
		if fromServer {
			p.Role = FromServer
		}
		ops, _, _ := feed(t, &p, stream)
		for _, op := range ops {
			for _, token := range []string{op.Subject, op.Reply, op.Queue, op.SID, op.Size, op.HdrSize} {
				if op.Kind != KindUnsub && strings.ContainsAny(token, " \t\r\n\x00") {
					t.Errorf("%v: token %q would break a line", op.Kind, token)
				}
			}
			if len(op.Msg) > 0 && op.Msg != op.Header+op.Payload+crlf {
				t.Errorf("%v: Msg %q is not header %q and payload %q", op.Kind, op.Msg, op.Header, op.Payload)
			}
			if op.Tail != "" {
				checkTail(t, op)
			}
		}
	})
}

// checkTail compares Tail with the line put together from its parts.
func checkTail(t *testing.T, op seen) {
	t.Helper()
	line := AppendMsgTail(nil, []byte(op.Reply), []byte(op.HdrSize), []byte(op.Size))
	if want := string(line) + op.Msg; op.Tail != want {
		t.Errorf("%v: Tail %q, want %q", op.Kind, op.Tail, want)
	}
}

// FuzzRoundTrip: what was encoded parses to the same parts.
func FuzzRoundTrip(f *testing.F) {
	f.Add("foo", "bar", "q", "1", []byte("NATS/1.0\r\n\r\n"), []byte("hello"), 5)
	f.Add("ü.>", "", "", "\x7f", []byte{}, []byte("\r\n"), 0)
	f.Add("a..b", "_INBOX.x", "a,b", "sid", []byte{0}, []byte{}, 999999999)
	f.Fuzz(func(t *testing.T, subject, reply, queue, sid string, header, payload []byte, limit int) {
		for _, token := range []string{subject, reply, queue, sid} {
			if strings.ContainsAny(token, " \t\r\n\x00") || len(token) > 1000 {
				t.Skip("no token")
			}
		}
		if subject == "" || sid == "" || limit < 0 || limit > 999999999 {
			t.Skip("no arguments")
		}
		var ops, replies []byte
		ops = AppendPub(ops, subject, reply, payload)
		ops = AppendHPub(ops, subject, reply, header, payload)
		ops = AppendSub(ops, subject, queue, sid)
		ops = AppendUnsub(ops, sid, limit)
		ops = AppendPong(AppendPing(ops))
		replies = AppendMsg(replies, subject, sid, reply, payload)
		replies = AppendHMsg(replies, subject, sid, reply, header, payload)
		replies = AppendErr(AppendOK(replies), queue)

		h, m := string(header), string(payload)
		checkParts(t, FromClient, ops, []seen{
			{Kind: KindPub, Subject: subject, Reply: reply, Payload: m},
			{Kind: KindHPub, Subject: subject, Reply: reply, Header: h, Payload: m},
			{Kind: KindSub, Subject: subject, Queue: queue, SID: sid},
			{Kind: KindUnsub, SID: sid, Max: limit},
			{Kind: KindPing}, {Kind: KindPong},
		})
		checkParts(t, FromServer, replies, []seen{
			{Kind: KindMsg, Subject: subject, SID: sid, Reply: reply, Payload: m},
			{Kind: KindHMsg, Subject: subject, SID: sid, Reply: reply, Header: h, Payload: m},
			{Kind: KindOK},
			{Kind: KindErr, Arg: "'" + queue + "'"},
		})
	})
}

// checkParts parses stream and compares what is not about its spelling.
func checkParts(t *testing.T, role Role, stream []byte, want []seen) {
	t.Helper()
	p := Parser{Role: role, Limits: Limits{Headers: true}}
	got, rest, err := feed(t, &p, stream)
	if err != nil || len(rest) > 0 {
		t.Fatalf("%q: %d bytes left, error %v", stream, len(rest), err)
	}
	for i := range got {
		got[i].Size, got[i].HdrSize, got[i].Msg, got[i].Tail = "", "", "", ""
		if got[i].Kind != KindErr {
			got[i].Arg = ""
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-want +got):\n%s", stream, diff)
	}
}

// FuzzConnect: what parses can be written and read back, and none of its
// secrets survives redaction.
func FuzzConnect(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `{"verbose":false,"user":"u","pass":"p","auth_token":"t"}`, `{"pass":null}`,
		`{"p\u0061ss":"x","nKey":{"a":[1]},"sig":"s"}`, `{"pass":"a\"b","x":{"sig":"y"}}`, `{"protocol":1e0}`, `{`, `[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, arg []byte) {
		c := DefaultConnect()
		err := ParseConnect(arg, &c)
		clean := RedactConnect(nil, arg)
		if json.Valid(arg) != json.Valid(clean) {
			t.Errorf("%q redacts to %q", arg, clean)
		}
		if err != nil {
			return
		}
		line := AppendConnect(nil, &c)
		doc := bytes.TrimSuffix(bytes.TrimPrefix(line, []byte("CONNECT ")), []byte(crlf))
		var again Connect
		if err := ParseConnect(doc, &again); err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Errorf("written and read back (-want +got):\n%s", diff)
		}
		var safe Connect
		if err := ParseConnect(clean, &safe); err != nil {
			t.Fatalf("%q redacts to %q: %v", arg, clean, err)
		}
		for _, secret := range []string{safe.Pass, safe.Token, safe.NKey, safe.Sig, safe.ProxySig} {
			if secret != "" && secret != redacted {
				t.Errorf("%q redacts to %q", arg, clean)
			}
		}
	})
}

// FuzzInfo: what parses can be written and read back.
func FuzzInfo(f *testing.F) {
	info := fullInfo()
	f.Add(AppendInfo(nil, &info)[len("INFO "):])
	f.Add([]byte(`{"connect_urls":[]}`))
	f.Fuzz(func(t *testing.T, arg []byte) {
		var info, again Info
		if ParseInfo(arg, &info) != nil {
			return
		}
		if err := ParseInfo(AppendInfo(nil, &info)[len("INFO "):], &again); err != nil {
			t.Fatal(err)
		}
		if len(info.ConnectURLs) == 0 {
			info.ConnectURLs = nil // empty is left out
		}
		if diff := cmp.Diff(info, again); diff != "" {
			t.Errorf("written and read back (-want +got):\n%s", diff)
		}
	})
}
