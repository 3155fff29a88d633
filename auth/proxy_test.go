package auth

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
)

func TestProxies(t *testing.T) {
	t.Parallel()
	const nonce = "R9hzk1lFqjHwTbg"
	other, _ := key(t)
	trusted, sign := key(t)
	_, forge := key(t)
	raw := base64.RawURLEncoding.EncodeToString
	good, bad := raw(sign(nonce)), raw(forge(nonce))
	padded := base64.StdEncoding.EncodeToString(sign(nonce))
	users := directory(t, Config{Proxies: []string{other, trusted}, Users: []User{
		{Name: "any", Password: "p"}, {Name: "behind", Password: "p", ProxyRequired: true},
		{Name: "web", Password: "p", ProxyRequired: true, Types: 1 << WebSocket},
	}})
	guest := directory(t, Config{Proxies: []string{trusted}, NoAuthUser: "g", Users: []User{{Name: "g", ProxyRequired: true}}})
	single := directory(t, Config{Proxies: []string{trusted}, Single: &Single{User: "a", Password: "p", ProxyRequired: true}})
	open := directory(t, Config{Proxies: []string{trusted}})
	untrusting := directory(t, Config{Users: []User{{Name: "any", Password: "p"}}})
	for _, tt := range []struct {
		name, user, pass, sig string
		d                     *Directory
		proxy                 string // the key that the identity has
		reason                protocol.CloseReason
	}{
		{"no proxy", "any", "p", "", users, "", 0},
		{"a trusted one", "any", "p", good, users, trusted, 0},
		{"another one", "any", "p", bad, users, "", protocol.ProxyNotTrusted},
		{"noise", "any", "p", "!", users, "", protocol.ProxyNotTrusted},
		{"a padded signature", "any", "p", padded, users, "", protocol.ProxyNotTrusted},
		{"a wrong password behind a trusted one", "any", "x", good, users, "", protocol.AuthenticationFailure},
		{"required and there", "behind", "p", good, users, trusted, 0},
		{"required and missing", "behind", "p", "", users, "", protocol.ProxyRequired},
		{"required, before the password counts", "behind", "x", "", users, "", protocol.ProxyRequired},
		{"the type counts first", "web", "p", "", users, "", protocol.AuthenticationFailure},
		{"without credentials", "", "", "", guest, "", protocol.ProxyRequired},
		{"without credentials, through a proxy", "", "", good, guest, trusted, 0},
		{"the only user", "a", "p", good, single, trusted, 0},
		{"the only user, directly", "a", "p", "", single, "", protocol.ProxyRequired},
		{"nobody is asked", "", "", good, open, trusted, 0},
		{"nobody is asked, but trusted neither", "", "", bad, open, "", protocol.ProxyNotTrusted},
		{"no proxies are known", "any", "p", bad, untrusting, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			id, err := tt.d.Authenticate(&Request{Nonce: nonce, Connect: &protocol.Connect{User: tt.user, Pass: tt.pass, ProxySig: tt.sig}})
			var reason protocol.CloseReason
			proxy := ""
			if refusal, ok := errors.AsType[*Refusal](err); ok {
				reason = refusal.Reason
			} else {
				proxy = id.ProxyKey
			}
			if diff := cmp.Diff([]string{tt.proxy, tt.reason.String()}, []string{proxy, reason.String()}); diff != "" {
				t.Error(diff)
			}
		})
	}
	if !open.NeedsNonce() {
		t.Error("proxies have nothing to sign")
	}
	if guest.Anonymous(&Request{Connect: &protocol.Connect{}}) != nil {
		t.Error("let in without CONNECT, which is without a proxy")
	}
	if _, err := NewDirectory(Config{Proxies: []string{"abc"}}); err == nil || err.Error() != `proxy trusted key "abc" is invalid` {
		t.Errorf("error %v", err)
	}
}
