package header

import (
	"bytes"
	"iter"
)

// Get returns the value of the first header called key, in exactly that case,
// and whether there is one. The value is a part of block, without the blanks
// in front of it.
func Get(block []byte, key string) (value []byte, ok bool) {
	rest := fields(block)
	for {
		line, next, more := cutField(rest)
		if !more {
			return nil, false
		}
		if value, ok := valueOf(line, key); ok {
			return value, true
		}
		rest = next
	}
}

// GetFold is [Get] for a key in any mixture of upper and lower case. Only
// ASCII letters have two cases.
func GetFold(block []byte, key string) (value []byte, ok bool) {
	rest := fields(block)
	for {
		line, next, more := cutField(rest)
		if !more {
			return nil, false
		}
		if len(line) > len(key) && line[len(key)] == ':' && equalFold(line[:len(key)], key) {
			return trimBlanks(line[len(key)+1:]), true
		}
		rest = next
	}
}

// All iterates over the headers in their order, with duplicates. Names and
// values are parts of block. Lines that hold no colon are skipped.
func All(block []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		rest := fields(block)
		for {
			line, next, more := cutField(rest)
			if !more {
				return
			}
			name, value, found := bytes.Cut(line, []byte{':'})
			if found && !yield(name, trimBlanks(value)) {
				return
			}
			rest = next
		}
	}
}

// equalFold compares a to b, ignoring the case of ASCII letters.
func equalFold(a []byte, b string) bool {
	for i := range len(b) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
