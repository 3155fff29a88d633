package server

import (
	"crypto/rand"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/server/internal/document"
)

// identity is the name of a server that nobody else can have: its public
// nkey, fresh at each start, and the curve key for sealed requests to it.
type identity struct {
	id    string // N...
	keys  nkeys.KeyPair
	xkey  string // X...
	xkeys nkeys.KeyPair
	// somebody is the user that clients without credentials become where only the
	// system account has users.
	somebody string
}

func newIdentity() (id identity, err error) {
	id.somebody = "nats-" + rand.Text()[:8]
	if id.keys, id.id, err = newKeys(nkeys.CreateServer); err != nil {
		return identity{}, err
	}
	id.xkeys, id.xkey, err = newKeys(nkeys.CreateCurveKeys)
	return id, err
}

func newKeys(create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string, error) {
	kp, err := create()
	if err != nil {
		return nil, "", err
	}
	key, err := kp.PublicKey()
	return kp, key, err
}

// author signs the next message that the server itself writes.
func (s *Server) author() document.Author {
	o := s.Options()
	return document.Author{
		Name: s.Name(), Host: o.Host, ID: s.identity.id, Version: ReferenceVersion,
		Tags: o.ServerTags, Meta: o.ServerMetadata, Features: features(o.FeatureFlags),
		JetStream: o.JetStream.Enabled, Domain: o.JetStream.Domain,
	}.Stamped(s.written.Add(1))
}
