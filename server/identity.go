package server

import (
	"crypto/rand"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/server/internal/document"
)

// identity is the name of a server that nobody else can have: its public
// nkey, fresh at each start, and the curve key for sealed requests to it.
type identity struct {
	id   string // N...
	xkey string // X...
	// somebody is the user that clients without credentials become where only the
	// system account has users.
	somebody string
}

func newIdentity() (identity, error) {
	id, err := publicKey(nkeys.CreateServer)
	if err != nil {
		return identity{}, err
	}
	xkey, err := publicKey(nkeys.CreateCurveKeys)
	return identity{id, xkey, "nats-" + rand.Text()[:8]}, err
}

func publicKey(create func() (nkeys.KeyPair, error)) (string, error) {
	kp, err := create()
	if err != nil {
		return "", err
	}
	return kp.PublicKey()
}

// author signs the next message that the server itself writes.
func (s *Server) author() document.Author {
	o := s.Options()
	return document.Author{
		Name: s.Name(), Host: o.Host, ID: s.identity.id, Version: ReferenceVersion,
		Tags: o.ServerTags, Meta: o.ServerMetadata, Features: features(o.FeatureFlags),
	}.Stamped(s.written.Add(1))
}
