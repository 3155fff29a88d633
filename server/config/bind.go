package config

import "github.com/dunlin-mq/dunlin/server/config/syntax"

// binding connects a row to the value it sets. The target is a pointer to the
// struct that the row's block is decoded into: *Options at the top level.
type binding interface {
	// decode sets the value, or reports why it cannot.
	decode(c *cursor, target any, v *syntax.Value)
	// text renders the value for the reload log and for people. Values that
	// differ have different texts.
	text(target any) string
	// check returns why the value is out of the row's bounds, or "". Values
	// that did not come through decode need it.
	check(row *Option, target any) string
}

// kind is how values of one type are read and written.
type kind[V any] struct {
	parse  func(c *cursor, v *syntax.Value) (V, bool) // false after reporting why not
	format func(V) string
	check  func(row *Option, key string, v V) string // nil: every value is good
}

// field binds a row to the field of a T that ptr returns.
type field[T, V any] struct {
	kind *kind[V]
	ptr  func(*T) *V
}

// bind is what rows of the top level are bound with.
func bind[V any](k *kind[V], ptr func(*Options) *V) binding {
	return field[Options, V]{kind: k, ptr: ptr}
}

func (f field[T, V]) decode(c *cursor, target any, v *syntax.Value) {
	value, ok := f.kind.parse(c, v)
	if !ok {
		return
	}
	if f.kind.check != nil {
		if why := f.kind.check(c.row, c.key, value); why != "" {
			c.errorf("%s", why)
			return
		}
	}
	*f.ptr(target.(*T)) = value
}

func (f field[T, V]) text(target any) string {
	return f.kind.format(*f.ptr(target.(*T)))
}

func (f field[T, V]) check(row *Option, target any) string {
	if f.kind.check == nil {
		return ""
	}
	return f.kind.check(row, row.Name, *f.ptr(target.(*T)))
}
