package conn

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// closeStatus is the Status of tests.
func closeStatus(cause error) (wsframe.CloseCode, string) {
	if errors.Is(cause, errTest) {
		return wsframe.StatusPolicyViolation, cause.Error()
	}
	return wsframe.StatusGoingAway, "bye"
}

// upgrade puts WebSocket on both ends.
func upgrade(t testing.TB, c *Conn, peer net.Conn, ws WebSocket) *wsPeer {
	t.Helper()
	ws.Status = closeStatus
	if !c.StartWebSocket(ws, time.Now().Add(patience)) {
		t.Fatal("no quiet before the upgrade")
	}
	c.SetMessageLimits(64<<20, 64<<20)
	return &wsPeer{Conn: peer, r: bufio.NewReader(peer), compress: ws.Compression}
}

// frame is a frame as the wire has it.
type frame struct {
	Fin, RSV1 bool
	Opcode    wsframe.Opcode
	Payload   string
}

// String shows a frame shortly.
func (f frame) String() string {
	return fmt.Sprintf("fin=%v rsv1=%v %v %.60q (%d)", f.Fin, f.RSV1, f.Opcode, f.Payload, len(f.Payload))
}

// wsPeer is the client's end. Read and Write make a stream of it.
type wsPeer struct {
	net.Conn
	r        *bufio.Reader
	compress bool // what Write sends

	rest    []byte // read but not asked for
	message []byte // compressed, not complete
	packed  bool
	close   *frame // how the server ended it
	pongs   []string
}

// frame reads one frame, with code of its own.
func (p *wsPeer) frame() (frame, error) {
	var h [2]byte
	if _, err := io.ReadFull(p.r, h[:]); err != nil {
		return frame{}, err
	}
	f := frame{Fin: h[0]&0x80 != 0, RSV1: h[0]&0x40 != 0, Opcode: wsframe.Opcode(h[0] & 15)}
	if h[1]&0x80 != 0 || h[0]&0x30 != 0 {
		return f, fmt.Errorf("a server sent the header % x", h)
	}
	n := uint64(h[1])
	var long [8]byte
	switch n {
	case 126:
		if _, err := io.ReadFull(p.r, long[6:]); err != nil {
			return f, err
		}
		n = binary.BigEndian.Uint64(long[:])
	case 127:
		if _, err := io.ReadFull(p.r, long[:]); err != nil {
			return f, err
		}
		n = binary.BigEndian.Uint64(long[:])
	}
	b := make([]byte, n)
	_, err := io.ReadFull(p.r, b)
	f.Payload = string(b)
	return f, err
}

// Read returns what data frames hold. A close frame is the end of the stream
// if TCP ends behind it.
func (p *wsPeer) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		f, err := p.frame()
		switch {
		case err != nil:
			return 0, err
		case p.close != nil:
			return 0, fmt.Errorf("after the close frame: %v", f)
		case f.Opcode == wsframe.Close:
			p.close = &f
		case f.Opcode == wsframe.Pong:
			p.pongs = append(p.pongs, f.Payload)
		default:
			if err := p.data(f); err != nil {
				return 0, err
			}
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *wsPeer) data(f frame) error {
	if f.Opcode != wsframe.Continuation {
		p.packed = f.RSV1
	} else if f.RSV1 {
		return errors.New("RSV1 on a continuation")
	}
	if !p.packed {
		p.rest = append(p.rest, f.Payload...)
		return nil
	}
	if p.message = append(p.message, f.Payload...); !f.Fin {
		return nil
	}
	var err error
	p.rest, err = deflate.Inflate(p.rest, p.message, -1)
	p.message = nil
	return err
}

// Write sends one message.
func (p *wsPeer) Write(b []byte) (int, error) {
	_, err := p.Conn.Write(masked(b, p.compress))
	return len(b), err
}

// masked is a message as a client sends it.
func masked(b []byte, compress bool) []byte {
	if compress {
		b = deflate.AppendMessage(nil, b)
	}
	return wsframe.AppendMaskedFragment(nil, wsframe.Binary, true, compress, key, b)
}

// key is the mask of tests.
var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// CloseWrite lets tests end the client's half.
func (p *wsPeer) CloseWrite() error {
	if half, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
