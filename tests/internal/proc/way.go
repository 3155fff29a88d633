package proc

import (
	"fmt"
	"maps"
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
)

// Way is how clients reach a server. The zero value is plain TCP.
type Way struct {
	WebSocket  bool
	TLS        bool // of the websocket listener
	Compressed bool // permessage-deflate
}

// String names the way as subtests do.
func (w Way) String() string {
	switch {
	case !w.WebSocket:
		return "tcp"
	case w.TLS:
		return "wss"
	case w.Compressed:
		return "ws-compressed"
	}
	return "ws"
}

// EachWay runs one test against both programs, over TCP, WebSocket,
// compressed WebSocket and WebSocket over TLS.
func EachWay(t *testing.T, f func(t *testing.T, target *Target, way Way)) {
	for _, way := range []Way{{}, {WebSocket: true}, {WebSocket: true, Compressed: true}, {WebSocket: true, TLS: true}} {
		t.Run(way.String(), func(t *testing.T) {
			t.Parallel()
			Each(t, func(t *testing.T, target *Target) { f(t, target, way) })
		})
	}
}

// open adds to the options what opens the listener for the way's clients: on a
// random port unless Port says which.
func (w Way) open(o Options) Options {
	if !w.WebSocket {
		if o.Port != "" {
			o.Args = append(o.Args, "-p", o.Port)
		}
		return o
	}
	port, security := "-1", "no_tls: true"
	if o.Port != "" {
		port = o.Port
	}
	if w.TLS {
		security = `tls { cert_file: "server.pem", key_file: "server.key" }`
		files := maps.Clone(certs.Default().Files)
		maps.Copy(files, o.Files)
		o.Files = files
	}
	o.Config += fmt.Sprintf("\nwebsocket { host: \"127.0.0.1\", port: %s, compression: %v, %s }\n", port, w.Compressed, security)
	return o
}
