package protocol

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestControlLineLimit(t *testing.T) {
	t.Parallel()
	word := strings.Repeat
	rows := []struct {
		name  string
		input string
		limit int
		role  Role
		err   error
		ops   int
	}{
		{name: "at the limit", input: "SUB " + word("a", 4094) + " 1\r\n", ops: 1},
		{name: "over the limit", input: "SUB " + word("a", 4095) + " 1\r\n", err: ErrMaxControlLine},
		{name: "at the limit, bare LF", input: "SUB " + word("a", 4094) + " 1\n", ops: 1},
		{name: "over the limit, bare LF", input: "SUB " + word("a", 4095) + " 1\n", err: ErrMaxControlLine},
		{name: "trailing blanks count", input: "SUB " + word("a", 4094) + " 1 \r\n", err: ErrMaxControlLine},
		{name: "leading blanks do not count", input: "SUB " + word(" ", 4090) + word("a", 4094) + " 1\r\n", ops: 1},
		{name: "over the limit without line end", input: "SUB " + word("a", 4097), err: ErrMaxControlLine},
		{name: "over the limit before the arguments are judged", input: "SUB " + word("a", 4097) + "\r\n", err: ErrMaxControlLine},
		{name: "at the limit, waiting", input: "SUB " + word("a", 4096)},
		{name: "at the limit, waiting behind CR", input: "SUB " + word("a", 4096) + "\r"},
		{name: "pub at the limit", input: "PUB " + word("a", 4094) + " 0\r\n\r\n", ops: 1},
		{name: "pub over the limit", input: "PUB " + word("a", 4095) + " 0\r\n\r\n", err: ErrMaxControlLine},
		{name: "connect over the limit", input: "CONNECT {" + word(" ", 4095) + "}\r\n", err: ErrMaxControlLine},
		{name: "info over the limit", input: "INFO {" + word(" ", 4095) + "}\r\n", err: ErrMaxControlLine},
		{name: "err over the limit", input: "-ERR " + word("x", 4097) + "\r\n", err: ErrMaxControlLine},
		{name: "ignored blanks at the limit", input: "SUB" + word(" ", 4096) + "a 1\r\n", ops: 1},
		{name: "ignored blanks over the limit", input: "SUB" + word(" ", 4097), err: ErrMaxControlLine},
		{name: "ignored bytes of ping are bounded", input: "PING" + word("x", 4097), err: ErrMaxControlLine},
		{name: "ignored bytes of ok are bounded", input: "+OK" + word("x", 4097), err: ErrMaxControlLine},
		{name: "smaller limit", input: "SUB abcde 1\r\nSUB abcdef 1\r\n", limit: 7, ops: 1, err: ErrMaxControlLine},
		{name: "smaller limit for pub", input: "PUB abcde 0\r\n\r\nPUB abcdef 0\r\n\r\n", limit: 7, ops: 1, err: ErrMaxControlLine},
		{name: "larger limit", input: "CONNECT {" + word(" ", 10000) + "}\r\n", limit: 1 << 14, ops: 1},
		{name: "servers may say more", input: "INFO {" + word(" ", 60000) + "} \r\n", role: FromServer, ops: 1},
		{name: "but not everything", input: "INFO {" + word(" ", 70000), role: FromServer, err: ErrMaxControlLine},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			fresh := Parser{Role: row.role, Limits: Limits{MaxControlLine: row.limit}}
			p := fresh
			ops, _, err := feed(t, &p, []byte(row.input))
			if !errors.Is(err, row.err) || len(ops) != row.ops {
				t.Errorf("%d commands, error %v; want %d, %v", len(ops), err, row.ops, row.err)
			}
			// The limits strike at the end, where every byte counts.
			stream := []byte(row.input)
			cut := max(0, len(stream)-200)
			compareSplit(t, fresh, stream, append([][]byte{stream[:cut]}, bytewise(stream[cut:])...)...)
		})
	}
}

func TestPayloadLimit(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		input string
		limit int
		role  Role
		err   error
		log   string
		need  int
	}{
		{name: "at the default", input: "PUB a 1048576\r\n", need: 15 + 1048576 + 2},
		{name: "over the default", input: "PUB a 1048577\r\n", err: ErrMaxPayload, log: "maximum payload exceeded: 1048577 vs 1048576"},
		{name: "as large as can be said", input: "PUB a 999999999\r\n", err: ErrMaxPayload},
		{name: "no limit", input: "PUB a 999999999\r\n", limit: -1, need: 17 + 999999999 + 2},
		{name: "at the limit", input: "PUB a 10\r\n", limit: 10, need: 10 + 10 + 2},
		{name: "over the limit", input: "PUB a 11\r\n", limit: 10, err: ErrMaxPayload},
		{name: "headers count", input: "HPUB a 5 11\r\n", limit: 10, err: ErrMaxPayload},
		{name: "a wrong size comes first", input: "HPUB a 12 11\r\n", limit: 10, err: ErrSize},
		{name: "servers are not bounded by default", input: "MSG a 1 999999999\r\n", role: FromServer, need: 19 + 999999999 + 2},
		{name: "but on request", input: "MSG a 1 11\r\n", role: FromServer, limit: 10, err: ErrMaxPayload},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			fresh := Parser{Role: row.role, Limits: Limits{MaxPayload: row.limit, Headers: true}}
			p := fresh
			_, _, err := feed(t, &p, []byte(row.input))
			if !errors.Is(err, row.err) {
				t.Fatalf("error %v, want %v", err, row.err)
			}
			if row.log != "" && err.Error() != row.log {
				t.Errorf("log text %q, want %q", err, row.log)
			}
			if p.Need() != row.need {
				t.Errorf("Need = %d, want %d", p.Need(), row.need)
			}
			compareSplit(t, fresh, []byte(row.input), bytewise([]byte(row.input))...)
		})
	}
}

// A limit that shrinks (a reload, say) must not hit a message that was let in.
func TestLimitsMayChangeWhileAPayloadArrives(t *testing.T) {
	t.Parallel()
	var p Parser
	var op Op
	msg := AppendPub(nil, "a", "", make([]byte, 100))
	if n, err := p.Next(msg[:50], &op); n != 0 || err != nil {
		t.Fatalf("Next = %d, %v", n, err)
	}
	p.Limits.MaxPayload = 10
	if n, err := p.Next(msg, &op); n != len(msg) || err != nil {
		t.Fatalf("Next = %d, %v", n, err)
	}
	if n, err := p.Next(msg, &op); n != 0 || !errors.Is(err, ErrMaxPayload) {
		t.Fatalf("Next = %d, %v", n, err)
	}
}

func TestLimitsMayChangeBetweenCommands(t *testing.T) {
	t.Parallel()
	var p Parser
	ops, rest, err := feed(t, &p, []byte("CONNECT {}\r\n"))
	if err != nil || len(rest) != 0 || len(ops) != 1 {
		t.Fatal(ops, rest, err)
	}
	p.Limits.Headers = true
	ops, _, err = feed(t, &p, []byte("HPUB a 1 1\r\nx\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []seen{{Kind: KindHPub, Subject: "a", HdrSize: "1", Size: "1", Arg: "a 1 1", Header: "x", Msg: "x\r\n", Tail: "1 1\r\nx\r\n"}}
	if diff := cmp.Diff(want, ops); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}
