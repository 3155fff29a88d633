package load

// Transport says what carries the messages of a client.
type Transport int

const (
	// TCP is the plain client port.
	TCP Transport = iota
	// WebSocket is the WebSocket port without compression.
	WebSocket
	// Deflate is the WebSocket port with permessage-deflate.
	Deflate
)

// addr returns where the server listens for clients of the transport.
func (t Transport) addr(s Server) string {
	if t == TCP {
		return s.Addr()
	}
	return s.WebSocketAddr()
}
