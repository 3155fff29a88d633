package ws

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
)

// ErrHandshake means that the server did not agree to what was asked for.
var ErrHandshake = errors.New("handshake")

// The key of every request is the example of RFC 6455: what the server must answer is known, and
// nobody whom a random key would protect stands between the load and the server.
const (
	requestKey = "dGhlIHNhbXBsZSBub25jZQ=="
	acceptKey  = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// offer is what NATS clients offer.
const offer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

// maxHead bounds the head of a response, in bytes.
const maxHead = 8 << 10

// Request returns a request to upgrade. It names no browser: servers cut frames small for them.
func Request(host string, deflate bool) []byte {
	extensions := ""
	if deflate {
		extensions = "Sec-WebSocket-Extensions: " + offer + "\r\n"
	}
	return fmt.Appendf(nil, "GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n", host, requestKey, extensions)
}

// ReadResponse takes the head of the response from r and fails unless it agrees to the request:
// compression must be granted where it was asked for, or something else would be measured.
func ReadResponse(r *bufio.Reader, deflate bool) error {
	head, err := readHead(r)
	if err != nil {
		return err
	}
	var accept, extensions string
	for _, line := range head {
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "sec-websocket-accept":
			accept = strings.TrimSpace(value)
		case "sec-websocket-extensions":
			extensions = strings.TrimSpace(value)
		}
	}
	switch {
	case accept != acceptKey:
		return fmt.Errorf("%w: accept key %.80q", ErrHandshake, accept)
	case !deflate && extensions != "":
		return fmt.Errorf("%w: unasked extension %.80q", ErrHandshake, extensions)
	case deflate && !grantsDeflate(extensions):
		return fmt.Errorf("%w: asked for %q, server answered %.80q", ErrHandshake, offer, extensions)
	}
	return nil
}

// readHead returns the header lines of a response that agrees to switch protocols. It reads no
// further than the first line of any other, which may be the last.
func readHead(r *bufio.Reader) ([]string, error) {
	var head []string
	for size := 0; size <= maxHead; {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrHandshake, err)
		}
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case size == 0:
			if !strings.HasPrefix(text, "HTTP/1.1 101 ") {
				return nil, fmt.Errorf("%w: server answered %.80q", ErrHandshake, text)
			}
		case text == "":
			return head, nil
		default:
			head = append(head, text)
		}
		size += len(line)
	}
	return nil, fmt.Errorf("%w: response of more than %d bytes", ErrHandshake, maxHead)
}

// grantsDeflate reports whether the server compresses every message by itself.
func grantsDeflate(extensions string) bool {
	words := strings.Split(extensions, ";")
	found := false
	for _, w := range words[1:] {
		found = found || strings.TrimSpace(w) == "server_no_context_takeover"
	}
	return found && strings.TrimSpace(words[0]) == "permessage-deflate"
}
