package auth

import (
	"fmt"
	"slices"
	"strings"
)

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

var typeNames = [...]string{
	Standard: "STANDARD", WebSocket: "WEBSOCKET", Leafnode: "LEAFNODE", LeafnodeWebSocket: "LEAFNODE_WS",
	MQTT: "MQTT", MQTTWebSocket: "MQTT_WS", InProcess: "IN_PROCESS",
}

// String is the name as configurations and JWTs write it.
func (t ConnectionType) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprint(uint8(t))
}

// Types is a set of connection types; the zero value allows all.
type Types uint8

// Allow reports whether the set admits t.
func (s Types) Allow(t ConnectionType) bool { return s == 0 || s&(1<<t) != 0 }

// ParseTypes returns the set of the named types, in any case. The error, which
// names those that are unknown, comes with the set of the others.
func ParseTypes(names []string) (Types, error) {
	var set Types
	var unknown []string
	for _, name := range names {
		i := slices.Index(typeNames[:], strings.ToUpper(name))
		if i < 0 {
			unknown = append(unknown, strings.ToUpper(name))
			continue
		}
		set |= 1 << i
	}
	if len(unknown) > 0 {
		return set, fmt.Errorf("invalid connection types %q", unknown)
	}
	return set, nil
}
