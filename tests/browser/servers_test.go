package browser

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	return &server{Server: s, ws: listener(t, s)}
}

// listener reads the address of the WebSocket listener, ws:// or wss://, from
// the file that tells the ports.
func listener(t testing.TB, s *proc.Server) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Dir, fmt.Sprintf("%s_%d.ports", s.Target.Name(t), s.Pid())))
	if err != nil {
		t.Fatal(err)
	}
	var ports struct {
		WebSocket []string `json:"websocket"`
	}
	if err := json.Unmarshal(text, &ports); err != nil {
		t.Fatal(err)
	}
	if len(ports.WebSocket) != 1 {
		t.Fatalf("listeners %v, want one for WebSockets", ports.WebSocket)
	}
	return ports.WebSocket[0]
}

// awaitReason waits until the server has a closed connection with this reason.
func (s *server) awaitReason(t testing.TB, reason string) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var connz struct {
		Connections []struct{ Reason string }
	}
	for {
		s.GetJSON(t, "/connz?state=closed", &connz)
		if len(connz.Connections) == 1 {
			break
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d connections are closed, want 1", len(connz.Connections))
		}
	}
	if got := connz.Connections[0].Reason; got != reason {
		t.Errorf("closed with %q, want %q", got, reason)
	}
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
