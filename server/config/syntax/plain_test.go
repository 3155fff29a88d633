package syntax

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
)

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

// checkDigest compares a digest with what encoding/json makes of the tree.
func checkDigest(t testing.TB, m *Map) {
	t.Helper()
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(m.plain()); err != nil {
		return
	}
	if want, got := "sha256:"+hex.EncodeToString(h.Sum(nil)), Digest(m); got != want {
		t.Errorf("digest %s, want %s of %v", got, want, m.plain())
	}
}
