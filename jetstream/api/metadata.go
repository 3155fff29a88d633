package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"strconv"
	"strings"
)

// Metadata that is the server's own: what level an asset needs, which is kept, and what
// the server is, which is only told.
const (
	metadataPrefix   = "_nats."
	metadataRequired = "_nats.req.level"
	metadataVersion  = "_nats.ver"
	metadataLevel    = "_nats.level"
)

// Version is the version of the server as metadata has it. It is set once, before
// there is an engine.
var Version = "0.0.0"

// staticMetadata returns a client's metadata with the level that is needed.
func staticMetadata(md map[string]string, level int) map[string]string {
	out := make(map[string]string, len(md)+1)
	maps.Copy(out, md)
	delete(out, metadataVersion)
	delete(out, metadataLevel)
	out[metadataRequired] = strconv.Itoa(level)
	return out
}

// addMetadata adds what is only told.
func addMetadata(md map[string]string) map[string]string {
	if md == nil {
		md = make(map[string]string, 2)
	}
	md[metadataVersion] = Version
	md[metadataLevel] = strconv.Itoa(Level)
	return md
}

// ownMetadata returns what is the client's.
func ownMetadata(md map[string]string) map[string]string {
	out := make(map[string]string, len(md))
	for k, v := range md {
		if !strings.HasPrefix(k, metadataPrefix) {
			out[k] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// metadataSize is what counts against MaxMetadata, in bytes.
func metadataSize(md map[string]string) (n int) {
	for k, v := range md {
		n += len(k) + len(v)
	}
	return n
}

// sameJSON reports whether two values are the same for clients.
func sameJSON(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
