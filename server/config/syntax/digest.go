package syntax

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// Digest names the content of a tree: "sha256:" and the hex digest of its JSON
// encoding, as encoding/json writes it with a line end. Comments, order, includes
// and variables leave no trace in it.
func Digest(m *Map) string {
	d := digester{hash: sha256.New()}
	d.mapping(m)
	d.buf = append(d.buf, '\n')
	d.flush()
	if d.failed {
		return "" // no such tree comes from text: JSON lacks only infinite floats and years beyond 9999
	}
	return "sha256:" + hex.EncodeToString(d.hash.Sum(nil))
}

// digester writes JSON into a hash, piece by piece: a file with a hundred thousand
// users is not copied for that.
type digester struct {
	hash   hash.Hash
	buf    []byte
	failed bool
}

// pieceSize is how much is written at a time, in bytes.
const pieceSize = 8 << 10

func (d *digester) flush() {
	d.hash.Write(d.buf)
	d.buf = d.buf[:0]
}

// mapping writes a map in the order of its keys. Of entries with the same key the
// last one counts.
func (d *digester) mapping(m *Map) {
	d.buf = append(d.buf, '{')
	if m != nil {
		sorted := make([]*Entry, len(m.Entries))
		for i := range m.Entries {
			sorted[i] = &m.Entries[i]
		}
		slices.SortStableFunc(sorted, func(a, b *Entry) int { return strings.Compare(a.Key, b.Key) })
		first := true
		for i, e := range sorted {
			if i+1 < len(sorted) && sorted[i+1].Key == e.Key {
				continue
			}
			if !first {
				d.buf = append(d.buf, ',')
			}
			first = false
			d.text(e.Key)
			d.buf = append(d.buf, ':')
			d.value(e.Value)
		}
	}
	d.buf = append(d.buf, '}')
}

func (d *digester) value(v *Value) {
	switch v.Kind {
	case KindMap:
		d.mapping(v.Map)
	case KindArray:
		d.buf = append(d.buf, '[')
		for i, elem := range v.Array {
			if i > 0 {
				d.buf = append(d.buf, ',')
			}
			d.value(elem)
		}
		d.buf = append(d.buf, ']')
	case KindInt:
		d.buf = strconv.AppendInt(d.buf, v.Int, 10)
	case KindFloat:
		d.other(v.Float)
	case KindBool:
		d.buf = strconv.AppendBool(d.buf, v.Bool)
	case KindTime:
		d.other(v.Time)
	default:
		d.text(v.Str)
	}
	if len(d.buf) > pieceSize {
		d.flush()
	}
}

// text writes a string. Those that need no escapes, nearly all, are written here.
func (d *digester) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			d.other(s)
			return
		}
	}
	d.buf = append(append(append(d.buf, '"'), s...), '"')
}

// other writes what encoding/json knows best.
func (d *digester) other(v any) {
	b, err := json.Marshal(v)
	d.failed = d.failed || err != nil
	d.buf = append(d.buf, b...)
}
