package header

import "bytes"

// Text is what a value may be held in.
type Text interface{ ~string | ~[]byte }

// Append appends to dst the block with one more header at its end. Without a
// block, or when block is none, it begins one.
//
// CR and LF in key or value are written as spaces, so that a value cannot
// smuggle in a header of its own. dst must not share memory with block.
func Append[V Text](dst, block []byte, key string, value V) []byte {
	return appendField(appendFields(dst, block, ""), key, value)
}

// Set appends to dst the block with all headers called key replaced by one,
// which stands at its end. The rest is as in [Append].
func Set[V Text](dst, block []byte, key string, value V) []byte {
	return appendField(appendFields(dst, block, key), key, value)
}

// Delete appends to dst the block without the headers called key. If that
// leaves nothing but the version, nothing is appended: the message then needs
// no block. A block without such a header is copied as it is.
//
// dst may be block[:0], as the result is never longer than block.
func Delete(dst, block []byte, key string) []byte {
	start, deleted := len(dst), false
	rest := fields(block)
	dst = append(dst, block[:len(block)-len(rest)]...)
	for {
		line, next, more := cutField(rest)
		if !more {
			break
		}
		if _, found := valueOf(line, key); found {
			deleted = true
		} else {
			dst = append(dst, rest[:len(rest)-len(next)]...)
		}
		rest = next
	}
	dst = append(dst, rest...)
	if deleted && string(bytes.TrimRight(dst[start:], lineEnd)) == version {
		return dst[:start]
	}
	return dst
}

// appendFields appends the version line and the headers of block, except
// those called drop, all lines complete but without the closing empty line.
func appendFields(dst, block []byte, drop string) []byte {
	if !isBlock(block) {
		return append(dst, version+lineEnd...)
	}
	line, rest, complete := cutLine(block)
	dst = appendLine(dst, line)
	for complete {
		line, rest, complete = cutLine(rest)
		if len(line) == 0 {
			break
		}
		if _, found := valueOf(line, drop); !found || drop == "" {
			dst = appendLine(dst, line)
		}
	}
	return dst
}

func appendLine(dst, line []byte) []byte {
	return append(append(dst, line...), lineEnd...)
}

// appendField appends a header and the empty line that closes the block.
func appendField[V Text](dst []byte, key string, value V) []byte {
	dst = appendClean(dst, key)
	dst = append(dst, ": "...)
	dst = appendClean(dst, value)
	return append(dst, lineEnd+lineEnd...)
}

// appendClean appends s with spaces for CR and LF.
func appendClean[V Text](dst []byte, s V) []byte {
	start := len(dst)
	dst = append(dst, s...)
	if added := dst[start:]; bytes.IndexByte(added, '\r') >= 0 || bytes.IndexByte(added, '\n') >= 0 {
		blank(added)
	}
	return dst
}

// blank replaces CR and LF by spaces.
func blank(b []byte) {
	for i := range b {
		if b[i] == '\r' || b[i] == '\n' {
			b[i] = ' '
		}
	}
}
