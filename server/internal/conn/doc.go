// Package conn is a transport-neutral connection: it moves bytes between a
// socket and a [Session], and knows no NATS verb.
//
// Start with [Conn.Serve], the read loop, then read [Outbox], the queue of
// bytes to write, and flush.go, which says who may write when.
//
// # Life of a connection
//
// [New], [Conn.Attach], then as the protocol wants it [Conn.Hello],
// [Conn.Prefetch] and [Conn.StartTLS]; [Conn.Serve] until it returns;
// [Conn.Close] or [Conn.Abort], by anybody at any time; [Conn.Finish]. Close
// and Abort come from anywhere, the others from one goroutine.
//
// # Goroutines
//
// Each connection has one goroutine, the caller of [Conn.Serve]. It reads,
// calls the session, and through it puts bytes into the outboxes of other
// connections and flushes them in place. A second goroutine, the writer,
// lives only while a connection has bytes that the kernel did not take at
// once; [Conn.Finish] waits for it.
//
// # Reading
//
// A connection that waits for bytes holds no buffer. Inside one RawConn.Read
// the loop borrows a buffer, tries one non-blocking read, and on EAGAIN gives
// the buffer back before it lets the runtime wait. The order matters: waiting
// before trying loses a wake-up that came in between, and skipping the try
// after a short read loses the peer's FIN. Unread bytes of an incomplete
// command wait in a buffer of about their own size. Buffers grow with what
// has arrived, never with what was announced.
//
// # Writing
//
// The outbox is a mutex, a list of chunks, a byte count and one owner bit.
// Only the holder of the bit touches the socket, and no lock is held across a
// system call. Small things are copied into the outbox's own chunks, large
// bodies stay where they were read, and one gathering write takes both.
//
// # Ending
//
// See close.go: last words reach a peer even if it goes on sending.
//
// # Transports
//
// Where the net.Conn has no file descriptor (net.Pipe) the same Conn falls
// back on plain blocking reads and writes. A codec (TLS, WebSocket, or one on the other)
// sits between the wire and the session without either noticing.
package conn
