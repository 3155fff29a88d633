package server

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/client"
)

// Behind a proxy, a client is known by the address that the proxy names.
func TestProxyNamesTheClient(t *testing.T) {
	t.Parallel()
	s := start(t, Options{ProxyProtocol: true})
	nc, in := dial(t, s)
	io.WriteString(nc, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 4222\r\nCONNECT {\"verbose\":false,\"protocol\":1}\r\nPING\r\n")
	if line, err := in.ReadString('\n'); err != nil || line != "PONG\r\n" {
		t.Fatalf("read %q, %v", line, err)
	}
	line, err := in.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var info protocol.Info
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "INFO ")), &info); err != nil || info.ClientIP != "192.0.2.7" {
		t.Errorf("the client is at %q, %v", info.ClientIP, err)
	}
	for _, c := range s.env.Registry.All() {
		if got := c.Report(client.Detail{}).Remote.String(); got != "192.0.2.7:4711" {
			t.Errorf("the client is at %s", got)
		}
	}
}

func TestBadProxyHeaderEndsTheConnection(t *testing.T) {
	t.Parallel()
	s := start(t, Options{ProxyProtocol: true})
	nc, in := dial(t, s)
	io.WriteString(nc, "PROXY TCP4 nowhere\r\n")
	if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 {
		t.Errorf("read %q, %v; want the end", rest, err)
	}
	if diff := cmp.Diff([]protocol.CloseReason{protocol.ProtocolViolation}, reasons(t, s, 1)); diff != "" {
		t.Errorf("reasons: %s", diff)
	}
}
