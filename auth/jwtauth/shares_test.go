package jwtauth

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/nats-io/jwt/v2"
)

func TestImports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := newWorld(t)
	from := public(other.account)
	w.claims.Imports = jwt.Imports{
		{Account: from, Subject: "s", Type: jwt.Stream},
		{Account: from, Subject: "s.*", LocalSubject: "l.$1", Type: jwt.Stream, AllowTrace: true},
		{Account: from, Subject: "p", To: "pre", Type: jwt.Stream},
		{Account: from, Subject: "remote", LocalSubject: "local", Type: jwt.Service, Share: true},
		{Account: from, Subject: "here", To: "there", Type: jwt.Service},
	}
	want := []Import{ // in the order into which encoding brings them
		{Account: from, Subject: "there", Local: "here", Service: true},
		{Account: from, Subject: "p", Local: "pre.p"},
		{Account: from, Subject: "remote", Local: "local", Service: true, Share: true},
		{Account: from, Subject: "s", Local: "s"},
		{Account: from, Subject: "s.*", Local: "l.$1", AllowTrace: true},
	}
	if diff := cmp.Diff(want, w.acc().Imports(), cmpopts.IgnoreUnexported(Import{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMappings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.claims.AddMapping("b", jwt.WeightedMapping{Subject: "c"})
	w.claims.AddMapping("a", jwt.WeightedMapping{Subject: "x", Weight: 30, Cluster: "n"}, jwt.WeightedMapping{Subject: "y", Weight: 70})
	want := []Mapping{{"a", []Dest{{"x", 30, "n"}, {"y", 70, ""}}}, {"b", []Dest{{"c", 100, ""}}}}
	if diff := cmp.Diff(want, w.acc().Mappings()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t), newWorld(t)
	importer := public(other.account)
	w.claims.Exports = jwt.Exports{
		{Subject: "open.>", Type: jwt.Stream},
		{Subject: "private.>", Type: jwt.Service, TokenReq: true, ResponseType: jwt.ResponseTypeStream},
		{Subject: "own.*", Type: jwt.Service, AccountTokenPosition: 2, AllowTrace: true},
		{Subject: "timed", Type: jwt.Service, Latency: &jwt.ServiceLatency{Sampling: 50, Results: "lat"}},
	}
	a := w.acc()
	token := func(edit func(*jwt.ActivationClaims)) string {
		c := jwt.NewActivationClaims(importer)
		c.ImportSubject, c.ImportType = "private.>", jwt.Service
		if edit != nil {
			edit(c)
		}
		signer := w.account
		if c.IssuerAccount != "" {
			signer = w.signing
		}
		s, err := c.Encode(signer)
		w.must(err)
		return s
	}
	later := time.Now().Add(time.Hour).Truncate(time.Second)
	for _, tt := range []struct {
		name string
		imp  Import
		want *Export // nil if it is refused
		end  time.Time
	}{
		{"open", Import{Subject: "open.a"}, &Export{Subject: "open.>"}, time.Time{}},
		{"wider than what is offered", Import{Subject: ">"}, nil, time.Time{}},
		{"a stream as a service", Import{Subject: "open.a", Service: true}, nil, time.Time{}},
		{"private without a token", Import{Subject: "private.a", Service: true}, nil, time.Time{}},
		{"private", Import{Subject: "private.a", Service: true, token: token(nil)}, &Export{Service: true, Subject: "private.>", Response: Streamed}, time.Time{}},
		{"for a while", Import{Subject: "private.a", Service: true, token: token(func(c *jwt.ActivationClaims) { c.Expires = later.Unix() })},
			&Export{Service: true, Subject: "private.>", Response: Streamed}, later},
		{"by a signing key", Import{Subject: "private.a", Service: true, token: token(func(c *jwt.ActivationClaims) { c.IssuerAccount = a.Key })},
			&Export{Service: true, Subject: "private.>", Response: Streamed}, time.Time{}},
		{"a token that is over", Import{Subject: "private.a", Service: true, token: token(func(c *jwt.ActivationClaims) { c.Expires = 1 })}, nil, time.Time{}},
		{"a token of somebody else", Import{Subject: "private.a", Service: true, token: token(func(c *jwt.ActivationClaims) { c.Subject = a.Key })}, nil, time.Time{}},
		{"a token for less", Import{Subject: "private.>", Service: true, token: token(func(c *jwt.ActivationClaims) { c.ImportSubject = "private.a" })}, nil, time.Time{}},
		{"a signing key of nobody", Import{Subject: "private.a", Service: true, token: token(func(c *jwt.ActivationClaims) { c.IssuerAccount = importer })}, nil, time.Time{}},
		{"garbage", Import{Subject: "private.a", Service: true, token: "x"}, nil, time.Time{}},
		{"its own name", Import{Subject: "own." + importer, Service: true}, &Export{Service: true, Subject: "own.*", AllowTrace: true}, time.Time{}},
		{"another name", Import{Subject: "own." + a.Key, Service: true}, nil, time.Time{}},
		{"measured", Import{Subject: "timed", Service: true}, &Export{Service: true, Subject: "timed", Latency: &Latency{"lat", 50}}, time.Time{}},
	} {
		got, end, err := a.Authorize(importer, &tt.imp, time.Now())
		if (err == nil) != (tt.want != nil) || err != nil && !errors.Is(err, ErrNotAuthorized) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || !end.Equal(tt.end) {
			t.Errorf("%s: until %v, -want +got:\n%s", tt.name, end, diff)
		}
	}
}

func TestRevokedActivation(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t), newWorld(t)
	importer := public(other.account)
	c := jwt.NewActivationClaims(importer)
	c.ImportSubject, c.ImportType = "p", jwt.Service
	token, err := c.Encode(w.account)
	w.must(err)
	export := &jwt.Export{Subject: "p", Type: jwt.Service, TokenReq: true}
	w.claims.Exports.Add(export)
	imp := Import{Subject: "p", Service: true, token: token}
	if _, _, err := w.acc().Authorize(importer, &imp, time.Now()); err != nil {
		t.Fatal(err)
	}
	export.Revoke(importer)
	if _, _, err := w.acc().Authorize(importer, &imp, time.Now()); err == nil {
		t.Error("a revoked token counts")
	}
}
