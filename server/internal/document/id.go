package document

import (
	"crypto/rand"
	"math/big"
)

// idLength is that of the ids that nats-server gives its events.
const idLength = 22

// NewID returns an id that no other document has: 22 letters and digits.
func NewID() string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var seed [18]byte // 62^22 is a little more than 2^130
	_, _ = rand.Read(seed[:])
	n, base, rest := new(big.Int).SetBytes(seed[:]), big.NewInt(int64(len(digits))), new(big.Int)
	id := make([]byte, idLength)
	for i := range id {
		n.DivMod(n, base, rest)
		id[i] = digits[rest.Int64()]
	}
	return string(id)
}
