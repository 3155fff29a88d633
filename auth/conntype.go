package auth

// ConnectionType is how a peer is connected; a user may be limited to some.
type ConnectionType uint8

// The connection types.
const (
	Standard ConnectionType = iota
	WebSocket
	Leafnode
	LeafnodeWebSocket
	MQTT
	MQTTWebSocket
	InProcess
)

// Types is a set of connection types; the zero value allows all.
type Types uint8

// Allow reports whether the set admits t.
func (s Types) Allow(t ConnectionType) bool { return s == 0 || s&(1<<t) != 0 }
