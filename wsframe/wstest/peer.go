package wstest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// Peer is one end of a WebSocket that does what it is told and nothing by itself:
// it answers no ping and no close frame. One goroutine may send while another
// reads. Its methods wait as long as the connection does, so that should have a
// deadline.
type Peer struct {
	// Agreement is what the handshake settled.
	handshake.Agreement

	conn   net.Conn
	r      *bufio.Reader
	client bool
}

// NewPeer returns the peer on a connection on which a handshake was done. A
// client masks what it sends, and wants no masks in what it reads; a server the
// other way round.
func NewPeer(u *handshake.Upgraded, client bool) *Peer {
	return &Peer{Agreement: u.Agreement, conn: u.Conn, r: bufio.NewReader(u.Reader()), client: client}
}

// Dial returns a client of the server at a ws or wss URL. A nil dialer is the zero
// value.
func Dial(ctx context.Context, url string, d *handshake.Dialer) (*Peer, error) {
	if d == nil {
		d = new(handshake.Dialer)
	}
	u, err := d.Dial(ctx, url)
	if err != nil {
		return nil, err
	}
	return NewPeer(u, true), nil
}

// Conn is the connection below: for deadlines, to send bytes that are no frames,
// and to close it.
func (p *Peer) Conn() net.Conn { return p.conn }

// testKey is not random: scripts should do the same every time.
var testKey = [4]byte{0xa1, 0x5e, 0x09, 0x77}

// Append appends frames as bytes, as this end sends them.
func (p *Peer) Append(dst []byte, frames ...Frame) []byte {
	var key *[4]byte
	if p.client {
		key = &testKey
	}
	for _, f := range frames {
		dst = f.Append(dst, key)
	}
	return dst
}

// Send sends frames, with one write.
func (p *Peer) Send(frames ...Frame) error {
	_, err := p.conn.Write(p.Append(nil, frames...))
	return err
}

// SendChopped sends frames with writes of size bytes.
func (p *Peer) SendChopped(size int, frames ...Frame) error {
	b := p.Append(nil, frames...)
	for len(b) > 0 {
		n := min(size, len(b))
		if _, err := p.conn.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// Next reads a frame. The error is [io.EOF] if the connection ended before it
// began.
func (p *Peer) Next() (Frame, error) {
	first, err := p.r.ReadByte()
	if err != nil {
		return Frame{}, err
	}
	f := Frame{Fin: first&0x80 != 0, RSV: first >> 4 & 7, Opcode: wsframe.Opcode(first & 15)}
	f.Payload, err = p.payload()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return f, err
}

// payload reads a frame behind its first byte.
func (p *Peer) payload() (string, error) {
	second, err := p.r.ReadByte()
	if err != nil {
		return "", err
	}
	masked := second&0x80 != 0
	if masked == p.client {
		return "", errors.New("wstest: frame is masked as only this end may")
	}
	n, err := p.length(second & 127)
	if err != nil {
		return "", err
	}
	var key [4]byte
	if masked {
		if _, err := io.ReadFull(p.r, key[:]); err != nil {
			return "", err
		}
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, p.r, n); err != nil {
		return "", err
	}
	if masked {
		for i, c := range b.Bytes() {
			b.Bytes()[i] = c ^ key[i%4]
		}
	}
	return b.String(), nil
}

// length reads a length that begins with seven bits. A sender must use the
// shortest form (RFC 6455 section 5.2).
func (p *Peer) length(seven byte) (int64, error) {
	var b [8]byte
	short := uint64(126)
	switch seven {
	default:
		return int64(seven), nil
	case 126:
		if _, err := io.ReadFull(p.r, b[6:]); err != nil {
			return 0, err
		}
	case 127:
		short = 1 << 16
		if _, err := io.ReadFull(p.r, b[:]); err != nil {
			return 0, err
		}
	}
	n := binary.BigEndian.Uint64(b[:])
	if n < short || n >= 1<<63 {
		return 0, fmt.Errorf("wstest: length %d in %d bits", n, map[byte]int{126: 16, 127: 64}[seven])
	}
	return int64(n), nil
}

// Expect reads as many frames as there are in want. The error tells the first that
// is different.
func (p *Peer) Expect(want ...Frame) error {
	for i, w := range want {
		got, err := p.Next()
		if err != nil {
			return fmt.Errorf("wstest: frame %d: want %v: %w", i, w, err)
		}
		if got != w {
			return fmt.Errorf("wstest: frame %d: want %v, got %v", i, w, got)
		}
	}
	return nil
}

// ExpectMessage reads a message, in frames of any size, and returns its frames as
// one. A control frame in between is an error.
func (p *Peer) ExpectMessage() (Frame, error) {
	message, err := p.Next()
	if err != nil || message.Fin {
		return message, err
	}
	var payload strings.Builder
	payload.WriteString(message.Payload)
	for !message.Fin {
		f, err := p.Next()
		if err != nil {
			return Frame{}, err
		}
		if f.Opcode != wsframe.Continuation || f.RSV != 0 {
			return Frame{}, fmt.Errorf("wstest: within a message: %v", f)
		}
		payload.WriteString(f.Payload)
		message.Fin = f.Fin
	}
	message.Payload = payload.String()
	return message, nil
}

// ExpectEnd reads a close frame with that code, or an empty one for code 0, and
// the end of the connection.
func (p *Peer) ExpectEnd(code wsframe.CloseCode) error {
	got, err := p.Next()
	if err != nil {
		return fmt.Errorf("wstest: want close %d: %w", code, err)
	}
	want := closeCode(code)
	if code == 0 {
		want = ""
	}
	if got.Opcode != wsframe.Close || !got.Fin || got.RSV != 0 || got.Payload[:min(2, len(got.Payload))] != want {
		return fmt.Errorf("wstest: want close %d, got %v", code, got)
	}
	return p.ExpectEOF()
}

// ExpectEOF reads the end of the connection.
func (p *Peer) ExpectEOF() error {
	switch f, err := p.Next(); err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("wstest: want the end, got %v", f)
	default:
		return fmt.Errorf("wstest: want the end: %w", err)
	}
}
