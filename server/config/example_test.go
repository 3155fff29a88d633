package config_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/dunlin-mq/dunlin/server/config"
)

// Load a file, fill in what it leaves open, and check that it makes sense.
func ExampleLoad() {
	dir, err := os.MkdirTemp("", "config")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "dunlin.conf")
	if err := os.WriteFile(path, []byte("listen: \"127.0.0.1:4222\"\nmax_payload: 2MB\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	options, warnings, err := config.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range warnings {
		fmt.Println("warning:", w)
	}
	if err := options.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	options = options.WithDefaults()
	fmt.Println(options.Host, options.Port, options.Limits.MaxPayload, options.Liveness.PingInterval)
	// Output: 127.0.0.1 4222 2097152 2m0s
}

// Everything that is wrong is said at once, with its place.
func ExampleParse() {
	_, _, err := config.Parse("dunlin.conf", []byte("prot: 4222\nmax_payload: \"1MB\"\n"))
	fmt.Println(err)
	// Output:
	// dunlin.conf:1:0: unknown field "prot", did you mean "port"?
	// dunlin.conf:2:1: max_payload should be an integer, not a string
}

// A reload applies what changed, or nothing if something needs a restart.
func ExampleDiff() {
	running, _, _ := config.Parse("dunlin.conf", []byte("port: 4222"))

	changed, _, _ := config.Parse("dunlin.conf", []byte(`port: 4222, debug: true, ping_interval: "30s"`))
	changes, err := config.Diff(running, changed)
	fmt.Println(err)
	for _, c := range changes {
		fmt.Println(c)
	}

	changed, _, _ = config.Parse("dunlin.conf", []byte("port: 4333, debug: true"))
	_, err = config.Diff(running, changed)
	fmt.Println(err)
	// Output:
	// <nil>
	// Reloaded: ping_interval = 30s
	// Reloaded: debug = true
	// config reload not supported for Port: old=4222, new=4333
}

// Behind a proxy that serves other things as well, a WebSocket listener can be
// kept to one path.
func ExampleWebSocket_ServesPath() {
	options, _, err := config.Parse("dunlin.conf", []byte(`websocket {
		port: 8080
		no_tls: true
		path: "/nats"
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/nats", "/nats/leafnode", "/", "/nats/other"} {
		fmt.Println(path, options.WebSocket.ServesPath(path))
	}
	// Output:
	// /nats true
	// /nats/leafnode true
	// / false
	// /nats/other false
}

// Flags stand over the file.
func ExampleParseArgs() {
	command, err := config.ParseArgs([]string{"-p", "4333", "-DV"})
	if err != nil {
		fmt.Println(err)
		return
	}
	options, _, err := command.Load()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(command.Action == config.ActionRun, options.Port, options.Log.Debug, options.Log.Trace)
	// Output: true 4333 true true
}
