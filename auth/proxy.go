package auth

import (
	"encoding/base64"
	"fmt"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/protocol"
)

// checkProxies refuses keys that could never be the ones of a proxy.
func checkProxies(keys []string) (errs []error) {
	for _, key := range keys {
		if !nkeys.IsValidPublicKey(key) {
			errs = append(errs, fmt.Errorf("proxy trusted key %q is invalid", key))
		}
	}
	return errs
}

// Proxy returns the public key of the trusted proxy that signed the nonce, empty
// for a peer that came by itself. A signature that nobody trusted made is worse
// than none.
func Proxy(trusted []string, r *Request) (string, *Refusal) {
	if r.Connect.ProxySig == "" || len(trusted) == 0 {
		return "", nil
	}
	distrust := &Refusal{Reason: protocol.ProxyNotTrusted, Why: "proxy is not trusted"}
	// Unlike the signatures of users it is never padded.
	sig, err := base64.RawURLEncoding.DecodeString(r.Connect.ProxySig)
	if err != nil || r.Nonce == "" {
		return "", distrust
	}
	for _, key := range trusted {
		if pub, err := nkeys.FromPublicKey(key); err == nil && pub.Verify([]byte(r.Nonce), sig) == nil {
			return key, nil
		}
	}
	return "", distrust
}

// refuseDirect refuses somebody who has to come through a proxy and does not.
func refuseDirect() *Refusal {
	return &Refusal{Reason: protocol.ProxyRequired, Why: "proxy connection required"}
}
