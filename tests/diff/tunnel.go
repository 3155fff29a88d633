package diff

import (
	"errors"
	"maps"
	"strings"

	"github.com/dunlin-mq/dunlin/tests/internal/script"
	"github.com/dunlin-mq/dunlin/tests/internal/ws"
)

// tunnel plays a scenario that was written for TCP over WebSocket. A nil
// tunnel changes nothing.
type tunnel struct{ compressed bool }

func (v *tunnel) String() string {
	if v.compressed {
		return "compressed"
	}
	return "websocket"
}

// file adds the listener to every configuration.
func (v *tunnel) file(f *script.File) *script.File {
	if v == nil {
		return f
	}
	block := "\nwebsocket { host: \"127.0.0.1\", port: -1, no_tls: true }\n"
	if v.compressed {
		block = strings.Replace(block, "no_tls", "compression: true, no_tls", 1)
	}
	changed := *f
	changed.Files = maps.Clone(f.Files)
	changed.Files["server.conf"] += block
	for name, text := range f.Files {
		if name != "server.conf" && strings.HasSuffix(name, ".conf") {
			changed.Files[name] = text + block
		}
	}
	return &changed
}

// connect makes a connection one over WebSocket.
func (v *tunnel) connect(step script.Step) script.Step {
	if v == nil {
		return step
	}
	step.Args = append([]string{"ws"}, step.Args...)
	if v.compressed {
		step.Args = append(step.Args, "Sec-WebSocket-Extensions=permessage-deflate")
	}
	return step
}

// expectClosing is expectEOF for a client in a tunnel: a close frame may come
// first.
func (c *client) expectClosing() error {
	err := c.expectEOF()
	if !errors.Is(err, ws.ErrFrame) {
		return err
	}
	f, err := c.ws.Next()
	if err != nil || f.Opcode != ws.Close {
		return errors.Join(err, errors.New("got "+f.String()+", want the end"))
	}
	return c.expectEOF()
}

// unfair reports whether the scenario runs into what the reference does worse
// over WebSocket than over TCP, and dunlin does not: it loses what it says
// last, and it has a limit for compressed frames.
func (v *tunnel) unfair(scenario script.Scenario) bool {
	const much = 1000 // some scenarios set a small max_payload
	sent := 0
	for _, step := range scenario.Steps {
		if step.Op == script.EOF {
			return true
		}
		if step.Op.Sends() {
			sent += len(step.Text)
		}
	}
	return v.compressed && sent > much
}
