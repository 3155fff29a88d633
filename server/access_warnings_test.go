package server

import (
	"testing"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/server/config"
)

func TestWaysIn(t *testing.T) {
	t.Parallel()
	users := func(u ...config.User) *Options { return &Options{Authorization: config.Authorization{Users: u}} }
	for name, tt := range map[string]struct {
		o                    *Options
		asks, way, plaintext bool
	}{
		"nobody is asked":              {&Options{}, false, false, false},
		"a token":                      {&Options{Authorization: config.Authorization{Token: "t"}}, true, true, false},
		"a password":                   {&Options{Authorization: config.Authorization{User: "u", Password: "p"}}, true, true, true},
		"a hash":                       {&Options{Authorization: config.Authorization{User: "u", Password: "$2a$04$x"}}, true, true, false},
		"an nkey":                      {users(config.User{NKey: "U"}), true, true, false},
		"a user":                       {users(config.User{Name: "u", Password: "p"}), true, true, true},
		"a proxy that is not there":    {users(config.User{NKey: "U", ProxyRequired: true}), true, false, false},
		"a listener that is not there": {users(config.User{NKey: "U", Types: 1 << auth.MQTT}), true, false, false},
		"a listener that is there":     {users(config.User{NKey: "U", Types: 1 << auth.Standard}), true, true, false},
	} {
		if asksWho(tt.o) != tt.asks || tt.asks && hasWayIn(tt.o) != tt.way || hasPlaintext(tt.o) != tt.plaintext {
			t.Errorf("%s: asks %v, way in %v, plaintext %v", name, asksWho(tt.o), hasWayIn(tt.o), hasPlaintext(tt.o))
		}
	}
}
