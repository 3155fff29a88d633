package server

import (
	"strings"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/server/config"
)

// warnAccess says what is dangerous about users and passwords; before is the
// configuration that was in force, nil at the start.
func (s *Server) warnAccess(before, o *Options) {
	log := s.env.Log
	if hasPlaintext(o) {
		log.Warnf("Plaintext passwords detected, use nkeys or bcrypt")
	}
	if before != nil && asksWho(before) && !asksWho(o) {
		log.Warnf("Nobody is asked to log in any more: everybody who can connect may use account %s", auth.Global)
	}
	if asksWho(o) && !hasWayIn(o) {
		log.Warnf("Nobody can log in: there is no user left that could come in through any listener")
	}
}

// asksWho reports whether clients have to say who they are.
func asksWho(o *Options) bool {
	return o.Operators.Enabled() || o.Authorization.Single() || countUsers(o) > 0 || o.WebSocket.Login.User != "" || o.WebSocket.Login.Token != ""
}

// forUsers calls f with each user.
func forUsers(o *Options, f func(*config.User)) {
	for i := range o.Authorization.Users {
		f(&o.Authorization.Users[i])
	}
	for i := range o.Accounts {
		for j := range o.Accounts[i].Users {
			f(&o.Accounts[i].Users[j])
		}
	}
}

// hasPlaintext reports whether a password is written down. A user without one may
// be meant for certificates.
func hasPlaintext(o *Options) bool {
	z, mapped := &o.Authorization, mapsCertificates(o)
	found := z.User != "" && !isBcrypt(z.Password)
	forUsers(o, func(u *config.User) {
		found = found || u.NKey == "" && !isBcrypt(u.Password) && !(u.Password == "" && mapped)
	})
	return found
}

func isBcrypt(s string) bool { return strings.HasPrefix(s, "$2") }

// mapsCertificates reports whether some listener takes users from certificates.
func mapsCertificates(o *Options) bool {
	return o.TLS != nil && o.TLS.VerifyAndMap || o.WebSocket.TLS != nil && o.WebSocket.TLS.VerifyAndMap
}

// hasWayIn reports whether anybody could log in at all.
func hasWayIn(o *Options) bool {
	z := &o.Authorization
	proxied := len(o.Proxies.Trusted) > 0
	if o.Operators.Enabled() || z.Callout != nil || o.WebSocket.Login.User != "" || o.WebSocket.Login.Token != "" ||
		z.Single() && (!z.ProxyRequired || proxied) {
		return true
	}
	found := false
	forUsers(o, func(u *config.User) {
		comes := u.Types.Allow(auth.InProcess) || u.Types.Allow(auth.Standard) && !o.DontListen || u.Types.Allow(auth.WebSocket) && o.WebSocket.Enabled()
		found = found || comes && (!u.ProxyRequired || proxied)
	})
	return found
}
