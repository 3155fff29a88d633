package browser

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// setup says how to start a server.
type setup struct {
	block  string            // what the websocket block has beside the address; without tls it is not encrypted
	config string            // what stands beside the block
	port   int               // of the listener, a free one if 0
	files  map[string]string // certificates, those that the browser trusts if nil
}

// start starts a server.
func start(t testing.TB, target *proc.Target, o setup) *proc.Server {
	t.Helper()
	if o.port == 0 {
		o.port = -1
	}
	if o.files == nil {
		o.files = certs.Default().Files
	}
	text := fmt.Sprintf("websocket {\nlisten: \"127.0.0.1:%d\"\nno_tls: true\n%s\n}\n%s\n", o.port, o.block, o.config)
	needFeatures(t, target, text)
	return proc.Start(t, target, proc.Options{Files: o.files, Config: text})
}

// awaitReason waits until the server has a closed connection with this reason.
func awaitReason(t testing.TB, s *proc.Server, reason string) {
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
	const later = "belongs to a feature that this version of dunlin does not have yet"
	r := proc.Run(t, target, dir, "-t", "-c", path)
	if strings.Contains(r.Stderr, later) && !strings.Contains(r.Stderr, `"websocket" `+later) {
		t.Skip(strings.TrimSpace(r.Stderr))
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
