package syntax

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Digest names the content of a tree: "sha256:" and the hex digest of its JSON
// encoding. Comments, order, includes and variables leave no trace in it.
func Digest(m *Map) string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(m.plain()); err != nil {
		return "" // no such tree comes from text: JSON lacks only infinite floats and years beyond 9999
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// plain returns the map as encoding/json takes it.
func (m *Map) plain() map[string]any {
	plain := make(map[string]any, m.Len())
	if m != nil {
		for _, e := range m.Entries {
			plain[e.Key] = e.Value.plain()
		}
	}
	return plain
}

func (v *Value) plain() any {
	switch v.Kind {
	case KindMap:
		return v.Map.plain()
	case KindArray:
		plain := make([]any, len(v.Array))
		for i, elem := range v.Array {
			plain[i] = elem.plain()
		}
		return plain
	case KindInt:
		return v.Int
	case KindFloat:
		return v.Float
	case KindBool:
		return v.Bool
	case KindTime:
		return v.Time
	default:
		return v.Str
	}
}
