package protocol

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	header := []byte("NATS/1.0\r\nA: b\r\n\r\n")
	payload := []byte("hello")
	rows := []struct {
		name string
		got  []byte
		want string
	}{
		{"msg", AppendMsg(nil, "foo", "9", "", payload), "MSG foo 9 5\r\nhello\r\n"},
		{"msg with reply", AppendMsg(nil, "foo", "9", "bar", payload), "MSG foo 9 bar 5\r\nhello\r\n"},
		{"msg of nothing", AppendMsg(nil, "foo", "9", "", nil), "MSG foo 9 0\r\n\r\n"},
		{"msg of bytes", AppendMsg(nil, []byte("foo"), []byte("9"), nil, payload), "MSG foo 9 5\r\nhello\r\n"},
		{"hmsg", AppendHMsg(nil, "foo", "9", "", header, payload), "HMSG foo 9 18 23\r\nNATS/1.0\r\nA: b\r\n\r\nhello\r\n"},
		{"hmsg with reply", AppendHMsg(nil, "foo", "9", "bar", header, nil), "HMSG foo 9 bar 18 18\r\nNATS/1.0\r\nA: b\r\n\r\n\r\n"},
		{"msg head", AppendMsgHead(nil, "foo"), "MSG foo "},
		{"hmsg head", AppendHMsgHead(nil, "foo"), "HMSG foo "},
		{"msg tail", AppendMsgTail(nil, nil, nil, []byte("005")), "005\r\n"},
		{"msg tail with reply and header", AppendMsgTail(nil, []byte("bar"), []byte("18"), []byte("23")), "bar 18 23\r\n"},
		{"pub", AppendPub(nil, "foo", "", payload), "PUB foo 5\r\nhello\r\n"},
		{"pub with reply", AppendPub(nil, "foo", "bar", payload), "PUB foo bar 5\r\nhello\r\n"},
		{"hpub", AppendHPub(nil, "foo", "", header, payload), "HPUB foo 18 23\r\nNATS/1.0\r\nA: b\r\n\r\nhello\r\n"},
		{"hpub with reply", AppendHPub(nil, "foo", "bar", header, payload), "HPUB foo bar 18 23\r\nNATS/1.0\r\nA: b\r\n\r\nhello\r\n"},
		{"hpub without header", AppendHPub(nil, "foo", "", nil, payload), "HPUB foo 0 5\r\nhello\r\n"},
		{"sub", AppendSub(nil, "foo.*", "", "9"), "SUB foo.* 9\r\n"},
		{"sub with queue", AppendSub(nil, "foo.*", "q", "9"), "SUB foo.* q 9\r\n"},
		{"unsub", AppendUnsub(nil, "9", 0), "UNSUB 9\r\n"},
		{"unsub with max", AppendUnsub(nil, "9", 5), "UNSUB 9 5\r\n"},
		{"unsub with negative max", AppendUnsub(nil, "9", -5), "UNSUB 9\r\n"},
		{"ping", AppendPing(nil), "PING\r\n"},
		{"pong", AppendPong(nil), "PONG\r\n"},
		{"ok", AppendOK(nil), "+OK\r\n"},
		{"err", AppendErr(nil, "Stale Connection"), "-ERR 'Stale Connection'\r\n"},
		{"behind other bytes", AppendPing([]byte("+OK\r\n")), "+OK\r\nPING\r\n"},
	}
	for _, row := range rows {
		if diff := cmp.Diff(row.want, string(row.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

// What the server does with a message: head, sid and the publisher's own tail.
func TestTailForwardsAMessage(t *testing.T) {
	t.Parallel()
	rows := []struct{ pub, want string }{
		{"PUB foo 002\r\nhi\r\n", "MSG foo 9 002\r\nhi\r\n"},
		{"PUB  foo bar 2\r\nhi\r\n", "MSG foo 9 bar 2\r\nhi\r\n"},
		{"HPUB foo bar 1 2\r\nhi\r\n", "HMSG foo 9 bar 1 2\r\nhi\r\n"},
	}
	for _, row := range rows {
		p := Parser{Limits: Limits{Headers: true}}
		var op Op
		if _, err := p.Next([]byte(row.pub), &op); err != nil {
			t.Fatalf("%q: %v", row.pub, err)
		}
		head := AppendMsgHead[[]byte]
		if op.Kind == KindHPub {
			head = AppendHMsgHead[[]byte]
		}
		short := append(append(head(nil, op.Subject), "9 "...), op.Tail...)
		long := append(head(nil, op.Subject), "9 "...)
		long = AppendMsgTail(long, op.Reply, op.HdrSize, op.Size)
		long = append(long, op.Msg...)
		for _, got := range [][]byte{short, long} {
			if diff := cmp.Diff(row.want, string(got)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", row.pub, diff)
			}
		}
	}
}
