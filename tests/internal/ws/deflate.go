package ws

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
)

// tail is what the sender of a message leaves out, and behind it a last block
// that is empty, so that the inflater finds an end.
const tail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"

// Deflate compresses one message.
func Deflate(text []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	// A bytes.Buffer takes everything.
	w.Write(text)
	w.Flush()
	return bytes.TrimSuffix(out.Bytes(), []byte(tail[:4]))
}

// Inflate is the reverse of Deflate.
func Inflate(message []byte) ([]byte, error) {
	r := flate.NewReader(io.MultiReader(bytes.NewReader(message), bytes.NewReader([]byte(tail))))
	text, err := io.ReadAll(io.LimitReader(r, maxPayload))
	if err != nil {
		return nil, fmt.Errorf("compressed message of %d bytes: %w", len(message), err)
	}
	return text, nil
}
