package handshake

import (
	"crypto/sha1"
	"encoding/base64"
)

// guid is what RFC 6455, section 1.3, appends to the key.
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// The sizes of the two handshake values, in base64.
const (
	keySize    = 24 // of 16 random bytes
	acceptSize = 28 // of a SHA-1
)

// AcceptKey returns the Sec-WebSocket-Accept that answers key.
func AcceptKey(key string) string {
	return string(appendAcceptKey(make([]byte, 0, acceptSize), key))
}

func appendAcceptKey(dst []byte, key string) []byte {
	var buf [keySize + len(guid)]byte
	sum := sha1.Sum(append(append(buf[:0], key...), guid...))
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}

// Check reports whether r asks for a WebSocket in the way RFC 6455, section
// 4.2.1, demands, and comes from an allowed origin. Secure says whether the
// connection is encrypted; nil origins allow all. The error is an [*Error] for
// the first thing that is wrong: method, Host, Upgrade, Connection, key,
// version, origin, body, in this order. A client that speaks HTTP/1.0 is
// tolerated.
func Check(r *Request, origins *Origins, secure bool) error {
	switch key := r.Header("Sec-WebSocket-Key"); {
	case r.Method != "GET":
		return ErrMethod
	case r.Host == "":
		return ErrHost
	case !r.HasToken("Upgrade", "websocket"):
		return ErrUpgrade
	case !r.HasToken("Connection", "Upgrade"):
		return ErrConnection
	case key == "":
		return ErrKeyMissing
	case !validKey(key):
		return ErrKey
	case !r.HasToken("Sec-WebSocket-Version", "13"):
		return ErrVersion
	}
	if err := origins.Check(r, secure); err != nil {
		return originRefused(err)
	}
	if r.Body {
		return ErrBody
	}
	return nil
}

// validKey reports whether key is the base64 of 16 bytes.
func validKey(key string) bool {
	if len(key) != keySize {
		return false
	}
	var src [keySize]byte
	var dst [18]byte // what 24 characters may stand for
	copy(src[:], key)
	n, err := base64.StdEncoding.Decode(dst[:], src[:])
	return err == nil && n == 16
}
