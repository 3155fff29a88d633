package client

import (
	"bytes"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
)

// paper is a socket that keeps what is written and never has anything to read.
type paper struct {
	mu      sync.Mutex
	written bytes.Buffer
	net.Conn
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.written.Write(b)
}

func (*paper) Read([]byte) (int, error)         { return 0, io.EOF }
func (*paper) Close() error                     { return nil }
func (*paper) RemoteAddr() net.Addr             { return pipeAddr{} }
func (*paper) SetReadDeadline(time.Time) error  { return nil }
func (*paper) SetWriteDeadline(time.Time) error { return nil }

// play gives a session what its client sends, in pieces, and returns what the
// client reads, and why the session ended.
func play(t *testing.T, pieces ...[]byte) (string, protocol.CloseReason) {
	log, err := logging.New(logging.Config{Sink: new(lines), Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	env := openEnv(log)
	env.SetSettings(&Settings{
		Info: protocol.Info{Headers: true}, MaxPending: 1 << 20, MaxControlLine: 512, MaxPayload: 1 << 10,
		MaxSubscriptions: 20, MaxSubTokens: 10, WriteDeadline: time.Minute,
	})
	out := new(paper)
	c := conn.New(out, 1<<20, false)
	cl := New(env, c, 1, time.Now())
	var unread []byte
	for _, piece := range pieces {
		unread = append(unread, piece...)
		used, need, err := cl.Receive(unread, nil)
		if used > len(unread) || need < 0 {
			t.Fatalf("%d of %d bytes used, %d needed", used, len(unread), need)
		}
		unread = slices.Clone(unread[used:])
		if err != nil {
			break
		}
	}
	cl.end(io.EOF)
	c.Finish()
	if n, stats := env.Account.Interest.Len(), env.Account.Interest.Stats(); n != 0 || stats.Inserts != stats.Removes {
		t.Errorf("%d subscriptions are left: %+v", n, stats)
	}
	return out.written.String(), cl.Report(Detail{}).Reason
}

// chancy reports whether the outcome depends on chance: which member of a queue
// gets a message, or the time in the report of a trace.
func chancy(input []byte) bool {
	if bytes.Contains(input, []byte("Nats-Trace-Dest")) {
		return true
	}
	p := protocol.Parser{Role: protocol.FromClient, Limits: protocol.Limits{Headers: true}}
	for op := new(protocol.Op); ; {
		n, err := p.Next(input, op)
		if n == 0 || err != nil {
			return false
		}
		if op.Kind == protocol.KindSub && len(op.Queue) > 0 {
			return true
		}
		input = input[n:]
	}
}

// FuzzSession checks that a session means the same wherever its input is cut,
// and that nothing of it stays.
func FuzzSession(f *testing.F) {
	for _, s := range []string{
		"",
		"PING\r\n",
		"SUB a 1\r\nPUB a 1\r\nx\r\nUNSUB 1\r\n",
		"SUB a.> 1\r\nUNSUB 1 2\r\nPUB a.b r 0\r\n\r\nPUB a.c 0\r\n\r\nPUB a.d 0\r\n\r\nSUB x 1\r\n",
		"CONNECT {}\r\nPUB a..b 0\r\n\r\nSUB a..b 1\r\nSUB a 1\r\nSUB b 1\r\n",
		respond + "\r\nSUB inb 7\r\nPUB nobody inb 0\r\n\r\n",
		quietLine + "\r\nSUB a 1\r\nHPUB a 12 13\r\nNATS/1.0\r\n\r\nx\r\n",
		quietLine + "\r\nSUB t 1\r\nHPUB a 34 34\r\nNATS/1.0\r\nNats-Trace-Dest: t\r\n\r\n\r\n",
		"CONNECT {\"echo\":false,\"protocol\":1}\r\nPING\r\nSUB a q 1\r\nSUB a q 2\r\nPUB a 0\r\n\r\nPONG\r\n",
		"SUB a 1\r\nCONNECT {}\r\nCONNECT {\"verbose\":false}\r\nPUB a 0\r\n\r\n",
		"PUB a 2000\r\n", "PUB a 1\r\nxx", "SUB a\r\n", "-ERR 'x'\r\n", "INFO {\r\n", "CONNECT {\r\n", "GET / HTTP/1.1\r\n",
		"CONNECT {\"protocol\":7}\r\n", "CONNECT {\"account\":\"a\"}\r\n", "PUB _GR_.x 0\r\n\r\nPUB a _R_.x 0\r\n\r\nSUB a _sys_ 1\r\n",
	} {
		f.Add([]byte(s), uint16(len(s)/2), uint16(len(s)/3))
	}
	f.Fuzz(func(t *testing.T, input []byte, i, j uint16) {
		a, b := min(int(i), len(input)), min(int(j), len(input))
		a, b = min(a, b), max(a, b)
		whole, why := play(t, input)
		cut, whyCut := play(t, input[:a], input[a:b], input[b:])
		if chancy(input) {
			return
		}
		if diff := cmp.Diff(whole, cut); diff != "" || why != whyCut {
			t.Errorf("ends for %v, for %v when cut; the client reads, -whole +cut:\n%s", why, whyCut, diff)
		}
	})
}
