package libs

import "net"

// ReadBuffer is the size of the buffer that a library reads the connection
// with, in bytes: the same for all, because it decides how often the
// connection is asked.
const ReadBuffer = 16 << 10

// A Library is one way to be the server end of a WebSocket connection. What it can
// do it says with the interfaces below. Those with deflate negotiate the
// extension without context takeover if it is set, and every message is
// compressed, at the level that the library has for servers.
type Library interface {
	// Name is the title of its column.
	Name() string
	// Module is the path of the module it stands in.
	Module() string
}

// A Reader reads messages.
type Reader interface {
	// Receiver reads messages from c.
	Receiver(c net.Conn, deflate bool) (Receiver, error)
}

// A Writer writes messages.
type Writer interface {
	// Sender writes messages to c.
	Sender(c net.Conn, deflate bool) (Sender, error)
}

// A Receiver reads n messages from its connection and hands each to handle, whose
// argument is good until it returns. It is called once: some libraries read
// until the connection ends and no less.
type Receiver func(n int, handle func(payload []byte)) error

// A Sender writes one binary message, or with [Broadcaster] one message to each
// connection. What it says has been written when it returns.
type Sender func(payload []byte) error

// A Masker lets its user mask bytes without a frame around them.
type Masker interface {
	// Mask masks b in place.
	Mask(b []byte, key [4]byte)
}

// A Broadcaster has a form of a message that is compressed once and sent to many.
type Broadcaster interface {
	// Broadcaster returns a Sender that writes one compressed message to all of conns.
	Broadcaster(conns []net.Conn) (Sender, error)
}
