package embed

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// Connections within the process log in like others, and are a way in of their own.
func TestInProcessLogin(t *testing.T) {
	t.Parallel()
	srv := run(t, server.Options{Port: -1, Host: "127.0.0.1", Authorization: config.Authorization{Users: []config.User{
		{Name: "inside", Password: "p", Types: 1 << auth.InProcess},
		{Name: "outside", Password: "p", Types: 1 << auth.Standard},
		{Name: "both", Password: "p"},
	}}})
	within := nats.InProcessServer(srv)
	for _, tt := range []struct {
		user, pass string
		inside     bool
		good       bool
	}{
		{"inside", "p", true, true}, {"inside", "p", false, false}, {"outside", "p", true, false}, {"outside", "p", false, true},
		{"both", "p", true, true}, {"both", "p", false, true}, {"both", "x", true, false}, {"", "", true, false},
	} {
		options := []nats.Option{nats.UserInfo(tt.user, tt.pass)}
		if tt.inside {
			options = append(options, within)
		}
		nc, err := nats.Connect(srv.ClientURL(), options...)
		if err == nil {
			nc.Close()
		}
		if (err == nil) != tt.good || err != nil && !strings.Contains(err.Error(), "Authorization Violation") {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}
