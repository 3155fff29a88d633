package client

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
)

// What a service is told follows what the client says, and costs nothing as long
// as there is nothing new.
func TestRequestInfo(t *testing.T) {
	log, err := logging.New(logging.Config{Sink: new(lines)})
	if err != nil {
		t.Fatal(err)
	}
	env := openEnv(log)
	env.SetSettings(&Settings{Info: protocol.Info{Name: "S"}, MaxPending: 1 << 20, MaxControlLine: 512, WriteDeadline: time.Minute})
	c := New(env, conn.New(new(paper), 1<<20, false), 7, time.Now())
	told := func(share bool, via string) map[string]any {
		t.Helper()
		var doc map[string]any
		if err := json.Unmarshal(c.AppendRequestInfo(nil, share, via), &doc); err != nil {
			t.Fatal(err)
		}
		return doc
	}
	connect := func(options string) {
		t.Helper()
		line := "CONNECT " + options + "\r\n"
		if _, _, err := c.Receive([]byte(line), nil); err != nil {
			t.Fatal(err)
		}
	}
	connect(`{"name":"first","lang":"go"}`)
	if got := told(false, ""); got["acc"] != "$G" || got["name"] != nil || got["host"] != nil {
		t.Errorf("without sharing %v", got)
	}
	if got := told(true, ""); got["name"] != "first" || got["server"] != "S" || got["svc"] != nil {
		t.Errorf("shared %v", got)
	}
	if got := told(true, "B"); got["svc"] != "B" {
		t.Errorf("passed on by B: %v", got)
	}
	if got := told(false, "B"); got["svc"] != "B" || got["name"] != nil {
		t.Errorf("passed on by B, not shared: %v", got)
	}
	connect(`{"name":"second"}`)
	if got := told(true, ""); got["name"] != "second" {
		t.Errorf("after another CONNECT %v", got)
	}
	before := told(true, "")["rtt"]
	c.live.mu.Lock()
	c.live.rtt = time.Hour
	c.live.mu.Unlock()
	if got := told(true, "")["rtt"]; got == before {
		t.Errorf("the round trip time stays %v", got)
	}
	if underRace {
		return // it allocates by itself
	}
	var buf []byte
	for _, share := range []bool{false, true} {
		if n := testing.AllocsPerRun(100, func() { buf = c.AppendRequestInfo(buf[:0], share, "") }); n != 0 {
			t.Errorf("share %t: %v allocations", share, n)
		}
	}
}
