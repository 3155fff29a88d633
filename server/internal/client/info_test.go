package client

import (
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

// document reads a line that has to be an INFO.
func (p *peer) document() protocol.Info {
	p.t.Helper()
	line, err := p.r.ReadString('\n')
	arg, ok := strings.CutPrefix(line, "INFO ")
	var info protocol.Info
	if err != nil || !ok || !strings.HasSuffix(arg, " \r\n") {
		p.t.Fatalf("read %q, %v; want INFO", line, err)
	}
	if err := protocol.ParseInfo([]byte(arg), &info); err != nil {
		p.t.Fatal(err)
	}
	return info
}

func TestSendInfoNeedsAClientThatIsReadyForIt(t *testing.T) {
	t.Parallel()
	ldm := func(i *protocol.Info) { i.LameDuck = true }
	for _, tt := range []struct {
		name string
		sent []string
		want []string
		ok   bool
	}{
		{name: "nothing sent"},
		{name: "no CONNECT", sent: []string{"PING"}, want: []string{"PONG"}},
		{name: "old client", sent: []string{`CONNECT {"verbose":false}`, "PING"}, want: []string{"PONG"}},
		{name: "before its first PONG", sent: []string{`CONNECT {"protocol":1}`}, want: []string{"+OK"}},
		{name: "ready", sent: []string{`CONNECT {"verbose":false,"protocol":1}`, "PING"}, want: []string{"PONG", "INFO"}, ok: true},
		{name: "ready, PING first", sent: []string{"PING", `CONNECT {"verbose":false,"protocol":1}`, "PING"},
			want: []string{"PONG", "PONG", "INFO"}, ok: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newWorld(t, nil).join()
			if len(tt.sent) > 0 {
				p.send(tt.sent...)
				p.expect(tt.want...)
			}
			if err := p.c.SendInfo(ldm); (err == nil) != tt.ok {
				t.Fatalf("SendInfo: %v", err)
			}
			if !tt.ok {
				p.send("PING")
				if p.expect("PONG"); tt.name == "before its first PONG" {
					p.expect("INFO") // the one that answers CONNECT
				}
				return
			}
			info := p.document()
			if !info.LameDuck || info.ConnectInfo || info.RemoteAccount != "" || info.ClientID != p.c.id {
				t.Errorf("got %+v", info)
			}
		})
	}
}

func TestAnswerToConnectNamesTheAccount(t *testing.T) {
	t.Parallel()
	p := newWorld(t, nil).join()
	p.send(`CONNECT {"verbose":false,"protocol":1}`, "PING")
	p.expect("PONG")
	info := p.document()
	want := protocol.Info{
		ID: "ID", Name: "test", Proto: 1, Headers: true, MaxPayload: 1 << 20,
		ClientID: p.c.id, ClientIP: "pipe", ConnectInfo: true, RemoteAccount: "$G",
	}
	if diff := cmp.Diff(want, info); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestGreeting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		set    func(*Settings)
		remote bool // over the network
		want   protocol.Info
	}{
		{name: "network", remote: true, want: protocol.Info{ClientIP: "192.0.2.7"}},
		{name: "network with TLS", remote: true, set: func(s *Settings) { s.Info.TLSRequired = true },
			want: protocol.Info{ClientIP: "192.0.2.7", TLSRequired: true}},
		{name: "in process: TLS is not required", set: func(s *Settings) { s.Info.TLSRequired = true },
			want: protocol.Info{ClientIP: "pipe", TLSAvailable: true}},
		{name: "a PROXY header will tell the address", remote: true, set: func(s *Settings) { s.ProxyProtocol = true }, want: protocol.Info{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.set)
			near, far := net.Pipe()
			nc := net.Conn(far)
			if tt.remote {
				nc = remote{far}
			}
			c := conn.New(nc, 1<<20, false)
			cl := New(w.env, c, 7, time.Now())
			go func() {
				cl.Greet()
				cl.Abandon(protocol.ServerShutdown)
				c.Finish()
			}()
			line, err := io.ReadAll(near)
			if err != nil {
				t.Fatal(err)
			}
			var info protocol.Info
			if err := protocol.ParseInfo(line[len("INFO "):], &info); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			tt.want.ClientID = 7
			info.ID, info.Name, info.Proto, info.Headers, info.MaxPayload = "", "", 0, false, 0
			if diff := cmp.Diff(tt.want, info); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// remote is a pipe that pretends to come from afar.
type remote struct{ net.Conn }

func (remote) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.7:4711"))
}

func TestAddress(t *testing.T) {
	t.Parallel()
	v6 := net.TCPAddrFromAddrPort(netip.MustParseAddrPort("[2001:db8::1]:4222"))
	if got := AddressOf(v6); got != (Address{"2001:db8::1", 4222}) || got.String() != "[2001:db8::1]:4222" {
		t.Errorf("got %+v, %q", got, got)
	}
	if got := AddressOf(pipeAddr{}); got != (Address{"pipe", 0}) {
		t.Errorf("got %+v", got)
	}
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
