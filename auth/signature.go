package auth

import (
	"encoding/base64"

	"github.com/nats-io/nkeys"
)

// Verify checks the signature of the nonce. The texts are those that debug logs
// of servers have always had.
func Verify(key, nonce, signature string) *Refusal {
	if signature == "" || nonce == "" {
		return refuse("Signature missing")
	}
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		// Some clients pad.
		if sig, err = base64.StdEncoding.DecodeString(signature); err != nil {
			return refuse("Signature not valid base64")
		}
	}
	pub, err := nkeys.FromPublicKey(key)
	if err != nil {
		return refuse("User nkey not valid: " + err.Error())
	}
	if pub.Verify([]byte(nonce), sig) != nil {
		return refuse("Signature not verified")
	}
	return nil
}
