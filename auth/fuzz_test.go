package auth

import (
	"testing"

	"github.com/dunlin-mq/dunlin/protocol"
)

// Whatever a peer puts into CONNECT, it is let in only by what the configuration
// holds.
func FuzzAuthenticate(f *testing.F) {
	u, sign := key(f)
	f.Add("alice", "secret", "", "", "", "nonce")
	f.Add("", "", "t", u, string(sign("nonce")), "nonce")
	f.Add("bob", "$2a$04$abcdefghijklmnopqrstuu", "", "", "A_-=", "")
	d := directory(f, Config{Users: []User{{Name: "alice", Password: "secret"}, {NKey: u}}})
	f.Fuzz(func(t *testing.T, user, pass, token, nkey, sig, nonce string) {
		c := &protocol.Connect{User: user, Pass: pass, Token: token, NKey: nkey, Sig: sig}
		id, err := d.Authenticate(&Request{Connect: c, Nonce: nonce})
		if (id == nil) == (err == nil) {
			t.Fatalf("%v, %v", id, err)
		}
		if id != nil && !(id.Name == "alice" && user == "alice" && pass == "secret" && nkey == "" || id.Name == u && nkey == u && nonce != "") {
			t.Fatalf("%q with %q became %s", user, pass, id.Label())
		}
	})
}
