package config

import (
	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// section binds a block to a struct of type V within a T. It is compared as a
// whole, by whoever bound the block around it.
type section[T, V any] struct {
	block *Block
	ptr   func(*T) *V
	wrong string // message for a value that is no map; %s is the value
}

func (s section[T, V]) decode(c *cursor, target any, v *syntax.Value) {
	if v.Kind != syntax.KindMap {
		c.errorf(s.wrong, shown(v))
		return
	}
	c.decodeMap(s.block, v.Map, s.ptr(target.(*T)))
}

func (s section[T, V]) text(any) string           { return "" }
func (s section[T, V]) check(*Option, any) string { return "" }

// list binds an array of blocks to a list of V within a T.
type list[T, V any] struct {
	block *Block
	ptr   func(*T) *[]V
	// wrong and wrongItem are the messages for a value that is no array and an
	// element that is no map.
	wrong, wrongItem func(v *syntax.Value) string
	// finish looks at a whole element; nil if that needs no look.
	finish func(c *cursor, m *syntax.Map, v *V)
}

func (l list[T, V]) decode(c *cursor, target any, v *syntax.Value) {
	if v.Kind != syntax.KindArray {
		c.errorf("%s", l.wrong(v))
		return
	}
	out := make([]V, 0, len(v.Array))
	for _, item := range v.Array {
		if item.Kind != syntax.KindMap {
			c.decoder.errorf(item.Pos, "%s", l.wrongItem(item))
			continue
		}
		var value V
		before := len(c.problems)
		c.decodeMap(l.block, item.Map, &value)
		if l.finish != nil && len(c.problems) == before {
			l.finish(c, item.Map, &value)
		}
		out = append(out, value)
	}
	*l.ptr(target.(*T)) = out
}

func (l list[T, V]) text(any) string           { return "" }
func (l list[T, V]) check(*Option, any) string { return "" }

// shown is a value as messages about its type show it.
func shown(v *syntax.Value) string {
	switch v.Kind {
	case syntax.KindMap, syntax.KindArray:
		return article(v.Kind)
	}
	return plain(v)
}

// keyPos is where a key of a map stands, or its first one if it has no such key.
func keyPos(m *syntax.Map, names ...string) syntax.Pos {
	for _, name := range names {
		if e := m.Get(name); e != nil {
			return e.KeyPos
		}
	}
	if m.Len() > 0 {
		return m.Entries[0].KeyPos
	}
	return syntax.Pos{}
}

// stringsOf reads one string or an array of them.
func stringsOf(c *cursor, v *syntax.Value) ([]string, bool) {
	items, ok := oneOrMany(c, v,
		c.key+" should be a string or an array of strings, not %s", c.key+" should be an array of strings, not hold %s")
	if !ok {
		return nil, false
	}
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = item.Str
	}
	return out, true
}
