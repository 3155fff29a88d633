package header

import "bytes"

const (
	version = "NATS/1.0"
	lineEnd = "\r\n"
)

// isBlock reports whether b begins as a header block does.
func isBlock(b []byte) bool {
	if len(b) < len(version) || string(b[:len(version)]) != version {
		return false
	}
	if len(b) == len(version) {
		return true
	}
	switch b[len(version)] {
	case ' ', '\t', '\r', '\n':
		return true
	}
	return false
}

// cutLine returns the first line of b without its ending, what follows, and
// whether the line had an ending.
func cutLine(b []byte) (line, rest []byte, complete bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimSuffix(b, []byte{'\r'}), nil, false
	}
	rest = b[i+1:]
	if i > 0 && b[i-1] == '\r' {
		i--
	}
	return b[:i], rest, true
}

// cutField returns the first line of b, which begins behind the version line
// or a header, what follows, and whether that line is a header: neither the
// empty line nor a truncated one.
func cutField(b []byte) (line, rest []byte, ok bool) {
	line, rest, complete := cutLine(b)
	return line, rest, complete && len(line) > 0
}

// fields returns what stands behind the version line of a block.
func fields(block []byte) []byte {
	if !isBlock(block) {
		return nil
	}
	_, rest, _ := cutLine(block)
	return rest
}

// valueOf returns the value of a line whose name is key.
func valueOf(line []byte, key string) ([]byte, bool) {
	if len(line) <= len(key) || line[len(key)] != ':' || string(line[:len(key)]) != key {
		return nil, false
	}
	return trimBlanks(line[len(key)+1:]), true
}

// trimBlanks drops the blanks in front of a value. Those behind it belong to
// it.
func trimBlanks(value []byte) []byte {
	for len(value) > 0 && (value[0] == ' ' || value[0] == '\t') {
		value = value[1:]
	}
	return value
}
