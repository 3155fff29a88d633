package config

import (
	"os"
	"strings"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// decoder carries a parsed file into an [Options] value, row by row.
type decoder struct {
	report
	// readFile gets the files that options name, such as certificates.
	readFile func(path string) ([]byte, error)
}

// newDecoder returns a decoder that reads from the file system.
func newDecoder() *decoder { return &decoder{readFile: os.ReadFile} }

// cursor is one option of a file while its value is decoded. Problems reported
// through it stand at the option's key unless they name a better place.
type cursor struct {
	*decoder
	row   *Option
	block *Block // the block the option stands in
	key   string // as written, in lower case
	pos   syntax.Pos
}

// errorf reports that the option's value cannot be used.
func (c *cursor) errorf(format string, args ...any) { c.decoder.errorf(c.pos, format, args...) }

// warnf reports that the option's value was used, but should not be like that.
func (c *cursor) warnf(format string, args ...any) { c.decoder.warnf(c.pos, format, args...) }

// mistyped reports a value of the wrong kind.
func (c *cursor) mistyped(want string, v *syntax.Value) {
	if text, ok := c.block.mistyped[c.row.Type]; ok {
		c.errorf(text, c.key)
		return
	}
	c.errorf("%s should be %s, not %s", c.key, want, article(v.Kind))
}

// decodeMap decodes the entries of m into target, the struct that the rows of
// the block are bound to.
func (d *decoder) decodeMap(block *Block, m *syntax.Map, target any) {
	for _, e := range effective(m) {
		key := strings.ToLower(e.Key)
		row := block.lookup(key)
		switch {
		case row == nil && e.UsedAsVariable:
		case row == nil:
			d.unknown(block, e, key)
		case !row.Feature.Built():
			d.refuse(row, e)
		default:
			c := &cursor{decoder: d, row: row, block: block, key: key, pos: e.KeyPos}
			row.bind.decode(c, target, e.Value)
		}
	}
}

// effective returns the entries of m without those that a later one with the
// same key overwrites.
func effective(m *syntax.Map) []*syntax.Entry {
	if m == nil {
		return nil
	}
	last := make(map[string]int, len(m.Entries))
	for i := range m.Entries {
		last[m.Entries[i].Key] = i
	}
	out := make([]*syntax.Entry, 0, len(last))
	for i := range m.Entries {
		if last[m.Entries[i].Key] == i {
			out = append(out, &m.Entries[i])
		}
	}
	return out
}

// unknown reports a key that is no option, with the option that may be meant.
func (d *decoder) unknown(block *Block, e *syntax.Entry, key string) {
	format := block.unknown
	if format == "" {
		format = "unknown field %q"
	}
	if near := block.suggest(key); near != "" {
		d.errorf(e.KeyPos, format+", did you mean %q?", e.Key, near)
		return
	}
	d.errorf(e.KeyPos, format, e.Key)
}

// refuse reports an option of a feature that is not built, unless its value
// leaves the feature off, and the mistakes inside of its block in any case.
func (d *decoder) refuse(row *Option, e *syntax.Entry) {
	off := row.off
	if off == nil {
		off = isOff
	}
	if !off(e.Value) {
		d.errorf(e.KeyPos, notBuilt, strings.ToLower(e.Key))
	}
	d.checkKeys(row.Block, e.Value)
}

// checkKeys reports unknown keys in a value that is not decoded.
func (d *decoder) checkKeys(block *Block, v *syntax.Value) {
	if block == nil {
		return
	}
	switch v.Kind {
	case syntax.KindArray:
		for _, item := range v.Array {
			d.checkKeys(block, item)
		}
	case syntax.KindMap:
		for _, e := range effective(v.Map) {
			key := strings.ToLower(e.Key)
			row := block.lookup(key)
			switch {
			case row != nil:
				d.checkKeys(row.Block, e.Value)
			case !e.UsedAsVariable:
				d.unknown(block, e, key)
			}
		}
	}
}

// article names a kind with its article, for sentences.
func article(k syntax.Kind) string {
	if k == syntax.KindArray || k == syntax.KindInt || k == syntax.KindInvalid {
		return "an " + k.String()
	}
	return "a " + k.String()
}

// goType names the type of a value the way that the reference server does in
// messages whose text is fixed.
func goType(v *syntax.Value) string {
	switch v.Kind {
	case syntax.KindMap:
		return "map[string]interface {}"
	case syntax.KindArray:
		return "[]interface {}"
	case syntax.KindString:
		return "string"
	case syntax.KindInt:
		return "int64"
	case syntax.KindFloat:
		return "float64"
	case syntax.KindBool:
		return "bool"
	case syntax.KindTime:
		return "time.Time"
	default:
		return "nothing"
	}
}
