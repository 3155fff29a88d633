package config

import (
	"fmt"
	"maps"
)

// diff compares two websocket blocks row by row. A listener cannot be started
// or stopped, and as long as there is none its options say nothing.
func (webSocketBinding) diff(old, new any) ([]Change, error) {
	was, is := old.(*Options).WebSocket, new.(*Options).WebSocket
	if is.Port == -1 && was.Enabled() {
		is.Port = was.Port
	}
	switch {
	case !was.Enabled() && !is.Enabled():
		return nil, nil
	case was.Enabled() != is.Enabled():
		return nil, refusal("Websocket port", was.Port, is.Port)
	}
	var changes []Change
	for i := range webSocketBlock.Options {
		found, err := webSocketBlock.Options[i].diff(&was, &is)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			c.Name = "websocket " + c.Name
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// diffWebSocketTLS compares the tls blocks of two websocket blocks. Whether
// there is one decides between ws and wss, which the listener cannot change.
func diffWebSocketTLS(old, new *TLS) ([]Change, error) {
	switch {
	case old == nil && new == nil:
		return nil, nil
	case old == nil || new == nil:
		return nil, refusal("Websocket TLS", enabled(old), enabled(new))
	case old.VerifyAndMap != new.VerifyAndMap:
		return nil, refusal("Websocket TLSMap", old.VerifyAndMap, new.VerifyAndMap)
	case old.RateLimit != new.RateLimit:
		return nil, refusal("Websocket TLSRateLimit", old.RateLimit, new.RateLimit)
	}
	var changes []Change
	if !old.sameHandshake(new) {
		changes = append(changes, Change{Name: "tls", Old: enabled(old), New: enabled(new)})
	}
	if !maps.Equal(old.PinnedCerts, new.PinnedCerts) {
		changes = append(changes, Change{
			Name: "pinned_certs", Old: fmt.Sprint(len(old.PinnedCerts)), New: fmt.Sprint(len(new.PinnedCerts)),
			line: fmt.Sprintf("Reloaded: %d websocket pinned_certs", len(new.PinnedCerts)),
		})
	}
	return changes, nil
}
