package syntax

// Parse parses text, calling it name in positions. The error is an [*Error].
func Parse(name string, text []byte, opts Options) (*Map, error) {
	return nil, lexError(Pos{File: name, Line: 1}, "Unexpected EOF.")
}
