package load

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/dunlin-mq/dunlin/tools/bench/load/ws"
)

// fakeWebSocket is the server's end of a WebSocket: what is written is a message, what is read are
// the bytes of messages.
type fakeWebSocket struct {
	net.Conn
	r       *bufio.Reader
	deflate bool
	pending bytes.Reader
}

// serveWebSocket upgrades the connection and serves what comes over it.
func (f *fakeServer) serveWebSocket(c net.Conn) {
	r := bufio.NewReader(c)
	req, err := http.ReadRequest(r)
	if err != nil || req.Header.Get("Sec-WebSocket-Key") != "dGhlIHNhbXBsZSBub25jZQ==" {
		return
	}
	w := &fakeWebSocket{Conn: c, r: r, deflate: req.Header.Get("Sec-WebSocket-Extensions") != ""}
	extensions := ""
	if w.deflate {
		extensions = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
	}
	fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n%s\r\n", extensions)
	f.serve(w)
}

// Write sends b as a message, compressed if that was agreed and b is not very short.
func (w *fakeWebSocket) Write(b []byte) (int, error) {
	first := byte(0x80 | byte(ws.Binary))
	payload := b
	if w.deflate && len(b) > 64 {
		first |= 0x40
		var err error
		if payload, err = deflate(b); err != nil {
			return 0, err
		}
	}
	frame := []byte{first, 126, 0, 0}
	if len(payload) > 0xffff {
		frame = append(frame, make([]byte, 6)...)
		frame[1] = 127
		binary.BigEndian.PutUint64(frame[2:], uint64(len(payload)))
	} else {
		binary.BigEndian.PutUint16(frame[2:], uint16(len(payload)))
	}
	if _, err := w.Conn.Write(append(frame, payload...)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// packers are kept because making one takes longer than anything else here.
var packers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.HuffmanOnly) // fails on other levels only
	return w
}}

// deflate compresses a message by itself.
func deflate(message []byte) ([]byte, error) {
	var b bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	if _, err := w.Write(message); err != nil {
		return nil, err
	}
	err := w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte("\x00\x00\xff\xff")), err
}

func (w *fakeWebSocket) Read(b []byte) (int, error) {
	for w.pending.Len() == 0 {
		message, err := w.message()
		if err != nil {
			return 0, err
		}
		w.pending.Reset(message)
	}
	return w.pending.Read(b)
}

// message reads one frame, which must hold a whole message, masked.
func (w *fakeWebSocket) message() ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(w.r, head[:]); err != nil {
		return nil, err
	}
	if head[0]&0xbf != 0x80|byte(ws.Binary) || head[1]&0x80 == 0 {
		return nil, errors.New("not a masked binary message")
	}
	size := uint64(head[1] & 0x7f)
	switch size {
	case 126:
		var n uint16
		if err := binary.Read(w.r, binary.BigEndian, &n); err != nil {
			return nil, err
		}
		size = uint64(n)
	case 127:
		if err := binary.Read(w.r, binary.BigEndian, &size); err != nil {
			return nil, err
		}
	}
	body := make([]byte, 4+size)
	if _, err := io.ReadFull(w.r, body); err != nil {
		return nil, err
	}
	key, payload := body[:4], body[4:]
	for i := range payload {
		payload[i] ^= key[i%4]
	}
	if head[0]&0x40 == 0 {
		return payload, nil
	}
	unpack := flate.NewReader(io.MultiReader(bytes.NewReader(payload), bytes.NewReader([]byte("\x00\x00\xff\xff\x01\x00\x00\xff\xff"))))
	return io.ReadAll(unpack)
}
