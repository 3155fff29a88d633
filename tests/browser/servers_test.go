package browser

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// server is one with a WebSocket listener.
type server struct {
	*proc.Server
	ws string // address of the listener
}

// start starts a server. block is what its websocket block has beside the
// address; without a tls block in it, it is not encrypted.
func start(t testing.TB, target *proc.Target, block, config string, port int) *server {
	t.Helper()
	return startWith(t, target, certs.Default().Files, block, config, port)
}

// startWith is start with other certificates.
func startWith(t testing.TB, target *proc.Target, files map[string]string, block, config string, port int) *server {
	t.Helper()
	text := fmt.Sprintf("websocket {\nlisten: \"127.0.0.1:%d\"\nno_tls: true\n%s\n}\n%s\n", port, block, config)
	needFeatures(t, target, text)
	s := proc.Start(t, target, proc.Options{Files: files, Config: text})
	var varz struct {
		WebSocket struct{ Port int }
	}
	s.GetJSON(t, "/varz", &varz)
	if varz.WebSocket.Port == 0 {
		if target == proc.Dunlin {
			t.Skip("this dunlin does not listen for WebSockets yet")
		}
		t.Fatal("no WebSocket listener")
	}
	scheme := "ws"
	if strings.Contains(block, "tls {") {
		scheme = "wss"
	}
	return &server{Server: s, ws: fmt.Sprintf("%s://127.0.0.1:%d", scheme, varz.WebSocket.Port)}
}

// needFeatures skips the test if dunlin says that a feature of the configuration
// is still to come. Once it has it, the test runs.
func needFeatures(t testing.TB, target *proc.Target, config string) {
	t.Helper()
	if target != proc.Dunlin {
		return
	}
	dir := t.TempDir()
	path := filepath.Join(dir, proc.ConfigFile)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	r := proc.Run(t, target, dir, "-t", "-c", path)
	if _, option, later := strings.Cut(r.Stderr, "option "); later && strings.Contains(option, "a feature that this version of dunlin does not have yet") {
		t.Skipf("option %s", strings.TrimSpace(option))
	}
}

func serverPair() tls.Certificate {
	files := certs.Default().Files
	pair, err := tls.X509KeyPair([]byte(files["server.pem"]), []byte(files["server.key"]))
	if err != nil {
		panic(err) // certs made it
	}
	return pair
}
