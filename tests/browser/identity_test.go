package browser

import (
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// TestIdentity is about who a page is: what the client library says, what
// cookies say, and what the listener assumes.
func TestIdentity(t *testing.T) {
	t.Parallel()
	const (
		ann   = "authorization { user: ann, password: secret }\n"
		users = "authorization { users: [{user: ann, password: secret}, {user: bob, password: other}] }\n"
	)
	p := openPage(t)
	for _, test := range []struct {
		name          string
		block, config string
		cookies       map[string]string // names are made unique and stand in block with a dollar sign
		options       args
		refused       bool
	}{
		{name: "password", config: ann, options: args{"user": "ann", "pass": "secret"}},
		{name: "wrong password", config: ann, options: args{"user": "ann", "pass": "wrong"}, refused: true},
		{name: "no password", config: ann, refused: true},
		{name: "password of the listener", block: ann, options: args{"user": "ann", "pass": "secret"}},
		{name: "listener overrides", block: ann, config: "authorization { user: bob, password: other }", options: args{"user": "bob", "pass": "other"}, refused: true},
		{name: "token of the listener", block: "authorization { token: open }", options: args{"token": "open"}},
		{name: "user that the listener assumes", block: "no_auth_user: bob", config: users},
		{name: "user that the listener does not assume", config: users, refused: true},
		{name: "user for other connections", config: "authorization { users: [{user: ann, password: secret, allowed_connection_types: [STANDARD]}] }",
			options: args{"user": "ann", "pass": "secret"}, refused: true},
		{name: "user for WebSockets", config: "authorization { users: [{user: ann, password: secret, allowed_connection_types: [WEBSOCKET]}] }",
			options: args{"user": "ann", "pass": "secret"}},
		{name: "cookies", block: "user_cookie: $user\npass_cookie: $pass", config: ann, cookies: map[string]string{"$user": "ann", "$pass": "secret"}},
		{name: "wrong cookie", block: "user_cookie: $user\npass_cookie: $pass", config: ann, cookies: map[string]string{"$user": "ann", "$pass": "wrong"}, refused: true},
		{name: "cookie with token", block: "token_cookie: $token", config: "authorization { token: open }", cookies: map[string]string{"$token": "open"}},
		{name: "what the library says wins", block: "user_cookie: $user\npass_cookie: $pass", config: ann,
			cookies: map[string]string{"$user": "bob", "$pass": "other"}, options: args{"user": "ann", "pass": "secret"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			block := test.block
			for name, value := range test.cookies {
				unique := p.site.unique("cookie")
				p.call(t, "cookie", args{"name": unique, "value": value}, nil)
				block = strings.ReplaceAll(block, name, unique)
			}
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				s := start(t, target, setup{block: block, config: test.config})
				options := args{"reconnect": false}
				for name, value := range test.options {
					options[name] = value
				}
				c, err := p.tryConnect(t, options, s.WebSocket())
				if test.refused {
					if err == nil || !strings.HasPrefix(err.Error(), "AuthorizationError") {
						t.Fatalf("connect: error %v, want a refusal", err)
					}
					return
				}
				if err != nil {
					t.Fatalf("connect: %v", err)
				}
				c.publish(t, message{Subject: "hello"})
			})
		})
	}
}
