package conn

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"time"
)

// sealer writes the records of a TLS 1.3 client with AES-128-GCM, which
// crypto/tls does not let one do: it never updates its keys by itself.
type sealer struct {
	secret []byte
	seq    uint64
}

// expand is HKDF-Expand-Label of RFC 8446, section 7.1.
func expand(secret []byte, label string, n int) []byte {
	label = "tls13 " + label
	info := binary.BigEndian.AppendUint16(nil, uint16(n))
	info = append(append(append(info, byte(len(label))), label...), 0)
	out, err := hkdf.Expand(sha256.New, secret, string(info), n)
	if err != nil {
		panic(err)
	}
	return out
}

// record encrypts one record.
func (s *sealer) record(kind byte, plain []byte) []byte {
	block, err := aes.NewCipher(expand(s.secret, "key", 16))
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := expand(s.secret, "iv", 12)
	for i := range 8 {
		nonce[4+i] ^= byte(s.seq >> (56 - 8*i))
	}
	s.seq++
	inner := append(bytes.Clone(plain), kind)
	header := binary.BigEndian.AppendUint16([]byte{23, 3, 3}, uint16(len(inner)+16))
	return append(header, aead.Seal(nil, nonce, inner, header)...)
}

// update asks the peer to update its keys, and updates its own.
func (s *sealer) update() []byte {
	const handshake, keyUpdate, requested = 22, 24, 1
	b := s.record(handshake, []byte{keyUpdate, 0, 0, 1, requested})
	s.secret, s.seq = expand(s.secret, "traffic upd", 32), 0
	return b
}

func TestKeysAreUpdatedInTheMiddleOfTraffic(t *testing.T) {
	t.Parallel()
	server, client := tcpPair(t, false)
	client.SetDeadline(time.Now().Add(patience))
	c := New(server, 1<<20, false)
	c.Attach(echo(&c))
	var log strings.Builder
	cfg := clientTLS()
	cfg.KeyLogWriter = &log
	tc := handshake(t, c, client, cfg)
	if tc.ConnectionState().CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
		t.Skip("another cipher suite")
	}
	_, secret, _ := strings.Cut(log.String(), "CLIENT_TRAFFIC_SECRET_0 ")
	_, secret, _ = strings.Cut(secret, " ")
	secret, _, _ = strings.Cut(secret, "\n")
	var s sealer
	s.secret, _ = hex.DecodeString(secret)

	ended := serve(c)
	const application = 23
	var wire, want []byte
	for i := range 6 {
		b := pattern(i, 3000)
		want = append(want, b...)
		wire = append(wire, s.record(application, b)...)
		if i%2 == 0 {
			wire = append(wire, s.update()...)
		}
	}
	for len(wire) > 0 { // records in pieces
		n := min(1001, len(wire))
		if _, err := client.Write(wire[:n]); err != nil {
			t.Fatal(err)
		}
		wire = wire[n:]
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(tc, got); err != nil || !bytes.Equal(want, got) {
		t.Errorf("other bytes come back, or none: %v", err)
	}
	client.Close()
	await(t, ended)
}
