package embed

import (
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// TestDirectoriesBelongToOneServer starts a second server on the same directory, and one
// whose port is taken: both are refused, and the directory is free again after that.
func TestDirectoriesBelongToOneServer(t *testing.T) {
	t.Parallel()
	js := config.JetStream{Enabled: true, StoreDir: t.TempDir()}
	first := run(t, server.Options{Host: "127.0.0.1", Port: -1, JetStream: js})
	second, err := server.New(server.Options{Host: "127.0.0.1", Port: -1, JetStream: js})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("a second server: %v", err)
	}
	other := config.JetStream{Enabled: true, StoreDir: t.TempDir()}
	third, err := server.New(server.Options{Host: "127.0.0.1", Port: first.Port(), JetStream: other})
	if err != nil {
		t.Fatal(err)
	}
	if err := third.Run(t.Context()); err == nil {
		t.Error("a server on a port that is taken")
	}
	run(t, server.Options{Host: "127.0.0.1", Port: -1, JetStream: other})
}
