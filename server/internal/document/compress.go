package document

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"

	"github.com/klauspost/compress/s2"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

// Compress encodes a payload in a way that accept, an Accept-Encoding header,
// names, and returns it with the block that tells which way that was. Nobody
// weighs preferences: snappy is taken if it is mentioned. Without a wish there is
// no block.
func Compress(accept string, payload []byte) (block, body []byte, err error) {
	accept = strings.ToLower(accept)
	var buf bytes.Buffer
	encoding := "identity"
	switch {
	case accept == "":
		return nil, payload, nil
	case strings.Contains(accept, "snappy"), strings.Contains(accept, "s2"):
		// An s2 client reads snappy too, and nothing tells the two apart in
		// Content-Encoding.
		encoding = "snappy"
		err = writeAll(s2.NewWriter(&buf, s2.WriterSnappyCompat(), s2.WriterConcurrency(1)), payload)
		payload = buf.Bytes()
	case strings.Contains(accept, "gzip"):
		encoding = "gzip"
		err = writeAll(gzip.NewWriter(&buf), payload)
		payload = buf.Bytes()
	}
	if err != nil {
		return nil, nil, err
	}
	return header.Append(nil, nil, header.ContentEncoding, encoding), payload, nil
}

func writeAll(w io.WriteCloser, b []byte) error {
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.Close()
}
