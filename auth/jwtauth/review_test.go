package jwtauth

import (
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
)

// What a new JWT of an account means for somebody who is in.
func TestReview(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		bearer bool
		scoped bool
		change func(w *world, scope *jwt.UserScope)
		want   Verdict
	}{
		{"nothing changed", false, false, func(*world, *jwt.UserScope) {}, Verdict{}},
		{"another user is revoked", false, false, func(w *world, _ *jwt.UserScope) { w.claims.Revoke("UOTHER") }, Verdict{}},
		{"the user is revoked", false, false, func(w *world, _ *jwt.UserScope) { w.claims.Revoke(public(w.user)) }, Verdict{Leaves: true, Error: protocol.ErrUserRevoked}},
		{"all are revoked", false, false, func(w *world, _ *jwt.UserScope) { w.claims.Revoke(jwt.All) }, Verdict{Leaves: true, Error: protocol.ErrUserRevoked}},
		{"older ones are revoked", false, false, func(w *world, _ *jwt.UserScope) { w.claims.RevokeAt(jwt.All, time.Now().Add(-time.Hour)) }, Verdict{}},
		{"bearers are not wanted", true, false, func(w *world, _ *jwt.UserScope) { w.claims.Limits.DisallowBearer = true }, Verdict{Leaves: true, Error: protocol.ErrAuthorization}},
		{"bearers are not wanted, and it is none", false, false, func(w *world, _ *jwt.UserScope) { w.claims.Limits.DisallowBearer = true }, Verdict{}},
		{"its signing key is gone", false, false, func(w *world, _ *jwt.UserScope) { w.claims.SigningKeys.Remove(public(w.signing)) }, Verdict{Leaves: true, Reason: protocol.AuthenticationFailure}},
		{"its scope is the same", false, true, func(*world, *jwt.UserScope) {}, Verdict{}},
		{"its scope changed", false, true, func(_ *world, s *jwt.UserScope) { s.Template.Pub.Allow.Add("more") }, Verdict{Leaves: true, Reason: protocol.AuthenticationFailure}},
		{"a limit in its scope changed", false, true, func(_ *world, s *jwt.UserScope) { s.Template.Subs = 7 }, Verdict{Leaves: true, Reason: protocol.AuthenticationFailure}},
	} {
		w := newWorld(t)
		scoped, err := nkeys.CreateAccount()
		w.must(err)
		scope := jwt.NewUserScope()
		scope.Key = public(scoped)
		scope.Template.Pub.Allow.Add("u.{{name()}}")
		w.claims.SigningKeys.AddScopedSigner(scope)
		signer := w.signing
		if tt.scoped {
			signer = scoped
		}
		g, err := w.login(w.newUser(func(u *jwt.UserClaims) {
			u.IssuerAccount, u.BearerToken = public(w.account), tt.bearer
			if tt.scoped {
				u.UserPermissionLimits = jwt.UserPermissionLimits{}
			}
		}), signer, nil)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		tt.change(w, scope)
		w.claims.SigningKeys.AddScopedSigner(scope)
		got := w.acc().Review(g.Identity, g.Account, time.Now())
		if got.Leaves != tt.want.Leaves || got.Error != tt.want.Error || got.Reason != tt.want.Reason {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestReviewGivesNewDefaultPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.claims.DefaultPermissions.Pub.Allow.Add("a")
	g, err := w.login(w.newUser(nil), w.account, nil)
	w.must(err)
	if v := w.acc().Review(g.Identity, g.Account, time.Now()); v.Permissions != g.Identity.Permissions {
		t.Error("the same permissions are given anew")
	}
	w.claims.DefaultPermissions.Pub.Allow = jwt.StringList{"b"}
	if v := w.acc().Review(g.Identity, g.Account, time.Now()); !v.Permissions.Publish([]byte("b")) || v.Permissions.Publish([]byte("a")) {
		t.Error("the old permissions hold")
	}
}

func TestReviewWhenTheAccountEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.claims.Expires = time.Now().Add(time.Hour).Unix()
	a := w.acc()
	id := &auth.Identity{Kind: auth.ByCallout}
	if v := a.Review(id, a, time.Now()); v.Leaves {
		t.Errorf("too early: %+v", v)
	}
	if v := a.Review(id, a, time.Now().Add(2*time.Hour)); v.Error != protocol.ErrAccountExpired {
		t.Errorf("%+v", v)
	}
}
