package server

import "github.com/nats-io/nkeys"

// identity is the name of a server that nobody else can have: its public
// nkey, fresh at each start, and the curve key for sealed requests to it.
type identity struct {
	id   string // N...
	xkey string // X...
}

func newIdentity() (identity, error) {
	id, err := publicKey(nkeys.CreateServer)
	if err != nil {
		return identity{}, err
	}
	xkey, err := publicKey(nkeys.CreateCurveKeys)
	return identity{id, xkey}, err
}

func publicKey(create func() (nkeys.KeyPair, error)) (string, error) {
	kp, err := create()
	if err != nil {
		return "", err
	}
	return kp.PublicKey()
}
