package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// urls reads an INFO and returns the addresses in it.
func (c *client) urls() []string {
	c.t.Helper()
	line := c.line()
	var info protocol.Info
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "INFO ")), &info); err != nil {
		c.t.Fatalf("%q: %v", line, err)
	}
	return info.ConnectURLs
}

func TestConnectURLsReachClientsOverWebSocketAlone(t *testing.T) {
	t.Parallel()
	r := boot(t, webbed(nil))
	web, _ := r.web(handshake.Dialer{})
	tcp := r.dial()
	young, _ := r.web(handshake.Dialer{}) // has not said anything
	for _, c := range []*client{web, tcp} {
		c.send(`CONNECT {"verbose":false,"protocol":1}`, "PING")
		c.expect("PONG")
		if got := c.urls(); got != nil {
			t.Errorf("at first: %q", got)
		}
	}
	for _, step := range []struct {
		name string
		do   func()
		want []string // nil: no INFO
	}{
		{"learned", func() { r.LearnWebURLs("b:80", "a:80") }, []string{"a:80", "b:80"}},
		{"named by another server", func() { r.LearnWebURLs("a:80") }, nil},
		{"one of two takes it back", func() { r.ForgetWebURLs("a:80") }, nil},
		{"the last takes it back", func() { r.ForgetWebURLs("a:80") }, []string{"b:80"}},
	} {
		step.do()
		if step.want != nil {
			if diff := cmp.Diff(step.want, web.urls()); diff != "" {
				t.Errorf("%s: -want +got:\n%s", step.name, diff)
			}
		}
		web.barrier()
		tcp.barrier()
	}
	young.send(`CONNECT {"verbose":false,"protocol":1}`, "PING")
	young.expect("PONG")
	if diff := cmp.Diff([]string{"b:80"}, young.urls()); diff != "" {
		t.Errorf("with the handshake: %s", diff)
	}
	r.reload(func(o *server.Options) { o.WebSocket.Compression = true })
	late, _ := r.web(handshake.Dialer{})
	if !strings.Contains(late.info, `"connect_urls":["b:80"]`) {
		t.Errorf("after a reload: %s", late.info)
	}
}
