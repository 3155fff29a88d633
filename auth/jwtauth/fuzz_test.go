package jwtauth

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
)

// Whatever somebody shows, nobody comes in who has not been given it.
func FuzzUser(f *testing.F) {
	w := newWorld(f)
	a := w.acc()
	good, err := w.newUser(func(u *jwt.UserClaims) { u.BearerToken = true }).Encode(w.account)
	w.must(err)
	f.Add(good, "sig", "nonce")
	f.Add("", "", "")
	f.Add("x.y.z", "x", "x")
	f.Add(strings.Repeat("eyJ.", 10), "", "")
	parts := strings.Split(good, ".")
	f.Add(parts[0]+"."+parts[1]+".", "", "")
	f.Add(parts[0]+".e30."+parts[2], "", "")
	t := &Authenticator{Operators: w.ops}
	f.Fuzz(func(tt *testing.T, token, sig, nonce string) {
		c := protocol.DefaultConnect()
		c.JWT, c.Sig = token, sig
		g, err := t.Authenticate(&auth.Request{Connect: &c, Nonce: nonce}, false, accounts{a}, time.Now())
		// Base64 has bits that decoders do not look at.
		if err == nil && (g.Identity.Name != public(w.user) || !strings.HasPrefix(token, parts[0][:8])) {
			tt.Errorf("%q lets %+v in", token, g.Identity)
		}
	})
}

func FuzzAccount(f *testing.F) {
	w := newWorld(f)
	token, err := w.claims.Encode(w.operator)
	w.must(err)
	op := jwt.NewOperatorClaims(public(w.operator))
	opToken, err := op.Encode(w.operator)
	w.must(err)
	for _, s := range []string{token, opToken, "", "a.b.c", "-----BEGIN NATS OPERATOR JWT-----\n" + opToken} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, err := DecodeAccount(s, w.ops, time.Now()); err == nil && a.Key != public(w.account) {
			t.Errorf("%q is account %s", s, a.Key)
		}
		_, _ = ParseStored(s)
		_ = CheckClaims(s)
		_, _, _ = w.ops.ParseDeletion(s)
		_, _ = ParseOperator([]byte(s))
	})
}
