package syntax

import (
	"strconv"
	"strings"
	"time"
)

// Pos is a place in a configuration file.
type Pos struct {
	File string // as given to Parse or ParseFile, or as joined for an include
	Line int    // counted from 1; 0 in a value that was not parsed
	// Col counts from the newline before it: the first character of a line is
	// column 1, but that of the very first line is column 0.
	Col int
}

// String renders file:line:col.
func (p Pos) String() string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}

// Kind says which field of a [Value] holds its content.
type Kind uint8

// The kinds of values. Durations have none: they are strings here, because only
// the option knows that it wants one.
const (
	KindInvalid Kind = iota
	KindMap          // Value.Map
	KindArray        // Value.Array
	KindString       // Value.Str
	KindInt          // Value.Int, suffix applied
	KindFloat        // Value.Float
	KindBool         // Value.Bool
	KindTime         // Value.Time, UTC
)

// String names the kind as error messages do.
func (k Kind) String() string {
	switch k {
	case KindMap:
		return "map"
	case KindArray:
		return "array"
	case KindString:
		return "string"
	case KindInt:
		return "integer"
	case KindFloat:
		return "float"
	case KindBool:
		return "boolean"
	case KindTime:
		return "datetime"
	default:
		return "invalid"
	}
}

// Value is one value of the tree. Values reached through a variable are shared
// between all its uses: treat a tree as read-only.
type Value struct {
	Kind   Kind
	Quoted bool // a string written in quotes or as a block, so never a keyword
	Pos    Pos  // where it is written; for a variable, where its value is
	Str    string
	Int    int64
	Float  float64
	Bool   bool
	Time   time.Time
	Map    *Map
	Array  []*Value
}

// Entry is one key of a map with its value.
type Entry struct {
	Key    string // as written; options compare it case-insensitively
	KeyPos Pos    // what errors about the option point at
	Value  *Value
	// UsedAsVariable says that some $Key resolved to this entry. Such a key may
	// have any name, so it is no unknown option.
	UsedAsVariable bool
}

// Map holds the entries of a map in the order in which they were written,
// those of an included file where the include stood. A key that was written
// twice is there twice; the later one counts.
type Map struct {
	Entries []Entry
}

// Get returns the last entry called key, ignoring case, or nil.
func (m *Map) Get(key string) *Entry {
	if m == nil {
		return nil
	}
	for i := len(m.Entries) - 1; i >= 0; i-- {
		if strings.EqualFold(m.Entries[i].Key, key) {
			return &m.Entries[i]
		}
	}
	return nil
}

// Len counts the entries, overwritten ones included.
func (m *Map) Len() int {
	if m == nil {
		return 0
	}
	return len(m.Entries)
}
