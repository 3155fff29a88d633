package jwtauth

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Export is what an account offers to others.
type Export struct {
	Service bool // or a stream
	Subject string
	// Of a service: one of the responses below, how long they may take (0 for the
	// server's default), who measures that, and whether traces may come in.
	Response   Response
	Threshold  time.Duration
	Latency    *Latency
	AllowTrace bool
}

// Response is how many responses a service sends.
type Response uint8

// The responses.
const (
	Singleton Response = iota
	Streamed
	Chunked
)

// Latency is where the latency of a service is published.
type Latency struct {
	Subject  string
	Sampling int // percent; 0 means requests with trace headers
}

// Import is what an account takes in of another.
type Import struct {
	Service bool // or a stream
	Account string
	Subject string // in the other account
	Local   string // in this account
	Share   bool   // tell the service who asks
	// AllowTrace lets traces out to the other account, of a stream.
	AllowTrace bool

	token string
}

// Mapping is a subject mapping of an account.
type Mapping struct {
	Source string
	Dests  []Dest
}

// Dest is a destination of a [Mapping]; an empty Cluster is for all.
type Dest struct {
	Subject string
	Weight  uint8 // percent
	Cluster string
}

// Imports returns what the account takes in. Those that are malformed are left
// out; see [Account.Authorize] for whether the other account allows them.
func (a *Account) Imports() []Import {
	var all []Import
	for _, i := range a.claims.Imports {
		if i == nil || i.Type != jwt.Stream && i.Type != jwt.Service {
			continue
		}
		imp := Import{
			Service: i.Type == jwt.Service, Account: i.Account, Share: i.Share, AllowTrace: i.AllowTrace, token: i.Token,
			Subject: string(i.Subject), Local: string(i.LocalSubject),
		}
		to := formerTo(i)
		switch {
		case imp.Local != "":
		case to != "" && imp.Service:
			imp.Subject, imp.Local = to, imp.Subject
		case to != "":
			imp.Local = to + "." + imp.Subject
		default:
			imp.Local = imp.Subject
		}
		all = append(all, imp)
	}
	return all
}

// formerTo is the field that counted before there were local subjects: a prefix for
// a stream, and for a service the subject in the other account.
func formerTo(i *jwt.Import) string {
	return string(i.To) //lint:ignore SA1019 JWTs that have it are still about
}

// Mappings returns the mappings of the account, in the order of their sources: in
// JSON they have none.
func (a *Account) Mappings() []Mapping {
	all := make([]Mapping, 0, len(a.claims.Mappings))
	for src, dests := range a.claims.Mappings {
		m := Mapping{Source: string(src)}
		for _, d := range dests {
			m.Dests = append(m.Dests, Dest{string(d.Subject), d.GetWeight(), d.Cluster})
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(x, y Mapping) int { return cmp.Compare(x.Source, y.Source) })
	return all
}

// ErrNotAuthorized is the error of an import that nothing allows.
var ErrNotAuthorized = errors.New("import not authorized")

// Authorize returns the export of a that allows another account an import, and
// when that ends: zero for never.
func (a *Account) Authorize(importer string, i *Import, now time.Time) (*Export, time.Time, error) {
	var found *jwt.Export
	for _, e := range a.claims.Exports {
		if e == nil || (e.Type == jwt.Service) != i.Service || !subject.Subset(i.Subject, string(e.Subject)) {
			continue
		}
		if found == nil || string(e.Subject) == i.Subject {
			found = e
		}
	}
	if found == nil {
		return nil, time.Time{}, ErrNotAuthorized
	}
	var expires time.Time
	switch {
	case found.AccountTokenPosition > 0:
		tokens := strings.Split(i.Subject, ".")
		if n := found.AccountTokenPosition; n > uint(len(tokens)) || tokens[n-1] != importer {
			return nil, time.Time{}, ErrNotAuthorized
		}
	case found.TokenReq:
		var err error
		if expires, err = a.activated(found, importer, i, now); err != nil {
			return nil, time.Time{}, fmt.Errorf("%w: %w", ErrNotAuthorized, err)
		}
	}
	return exportOf(found), expires, nil
}

func exportOf(e *jwt.Export) *Export {
	x := &Export{Service: e.Type == jwt.Service, Subject: string(e.Subject), Threshold: e.ResponseThreshold, AllowTrace: e.AllowTrace}
	switch e.ResponseType {
	case jwt.ResponseTypeStream:
		x.Response = Streamed
	case jwt.ResponseTypeChunked:
		x.Response = Chunked
	}
	if e.Latency != nil {
		x.Latency = &Latency{string(e.Latency.Results), max(int(e.Latency.Sampling), 0)}
	}
	return x
}

// activated checks the token that allows an import, and returns when it ends.
func (a *Account) activated(e *jwt.Export, importer string, i *Import, now time.Time) (time.Time, error) {
	if i.token == "" {
		return time.Time{}, errors.New("activation token required")
	}
	t, err := jwt.DecodeActivationClaims(i.token)
	if err != nil {
		return time.Time{}, err
	}
	kind := jwt.Stream
	if i.Service {
		kind = jwt.Service
	}
	switch {
	case t.Subject != importer:
		return time.Time{}, errors.New("activation token doesn't match account it is being included in")
	case t.ImportType != kind || !subject.Subset(i.Subject, string(t.ImportSubject)):
		return time.Time{}, fmt.Errorf("activation token is for %s %q", t.ImportType, t.ImportSubject)
	case !a.mayActivate(t):
		return time.Time{}, fmt.Errorf("Invalid issuer account %q", t.Issuer)
	case t.Expires != 0 && now.Unix() >= t.Expires:
		return time.Time{}, errors.New("activation token is expired")
	case now.Unix() < t.NotBefore:
		return time.Time{}, errors.New("activation token is not yet valid")
	case revokes(e.Revocations, importer, seconds(t.IssuedAt)):
		return time.Time{}, errors.New("activation token is revoked")
	}
	return seconds(t.Expires), nil
}

// mayActivate reports whether the account, or a key that it signs with, has issued
// a token.
func (a *Account) mayActivate(t *jwt.ActivationClaims) bool {
	if t.IssuerAccount == "" {
		return t.Issuer == a.Key
	}
	_, known := a.claims.SigningKeys[t.Issuer]
	return t.IssuerAccount == a.Key && (known || t.Issuer == a.Key)
}
