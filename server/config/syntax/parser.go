package syntax

import (
	"path/filepath"
	"strings"
)

// Parse parses text, calling it name in positions. The error is an [*Error].
func Parse(name string, text []byte, opts Options) (*Map, error) {
	opts = opts.withDefaults()
	run := &run{opts: opts, bytes: opts.MaxBytes, including: []string{filepath.Clean(name)}}
	m, err := run.parse(source{name: name, dir: opts.Dir, text: text})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// run is one call of Parse with all the files and variables that it leads to.
type run struct {
	opts  Options
	bytes int // of text that may still be read or multiplied by variables

	including []string // paths of the files being parsed, outermost first
	resolving []string // environment variables being parsed, outermost first
}

// source is one text to be parsed.
type source struct {
	name string // in positions
	dir  string // that includes are relative to
	text []byte
	// prefix is how many bytes at the start were not written by the user.
	prefix int
}

// spend takes n bytes off what the run may still read.
func (r *run) spend(n int, pos Pos) *Error {
	if n > r.bytes {
		return limitError(pos, "configuration is larger than %d bytes with its includes and variables", r.opts.MaxBytes)
	}
	r.bytes -= n
	return nil
}

// parse parses one text, in which only its own variables are visible.
func (r *run) parse(src source) (*Map, *Error) {
	p := &parser{run: r, scanner: newScanner(src.name, string(src.text)), dir: src.dir}
	p.newline = src.prefix
	if err := r.spend(len(src.text), p.pos()); err != nil {
		return nil, err
	}
	if i := strings.IndexByte(p.text, 0); i >= 0 {
		p.advance(i)
		return nil, p.fail("Unexpected NUL byte.")
	}
	m := &Map{}
	p.open(m)
	if err := p.document(); err != nil {
		return nil, err
	}
	return m, nil
}

// parser parses one text by recursive descent.
type parser struct {
	scanner
	run    *run
	dir    string
	scopes []scope // maps being filled, outermost first
	depth  int     // of maps, arrays and blocks around the next character
}

// scope is a map being filled, whose entries so far serve as variables.
type scope struct {
	m    *Map
	last map[string]int // index of the last entry with a key, case-sensitive
}

func (p *parser) open(m *Map) {
	p.scopes = append(p.scopes, scope{m: m, last: make(map[string]int)})
}

func (p *parser) close() { p.scopes = p.scopes[:len(p.scopes)-1] }

// add puts an entry into the innermost map.
func (p *parser) add(e Entry) {
	s := p.scopes[len(p.scopes)-1]
	s.last[e.Key] = len(s.m.Entries)
	s.m.Entries = append(s.m.Entries, e)
}

// enter counts one more level of nesting; each success needs a leave.
func (p *parser) enter() *Error {
	if p.depth >= p.run.opts.MaxDepth {
		return limitError(p.pos(), "configuration nests deeper than %d levels", p.run.opts.MaxDepth)
	}
	p.depth++
	return nil
}

func (p *parser) leave() { p.depth-- }

// place is what surrounds an entry, which decides how the entry ends.
type place uint8

const (
	inDocument place = iota
	inBlock          // in braces that merely wrap entries of the document
	inMap
	inArray
)

// document parses entries up to the end of the text.
func (p *parser) document() *Error {
	for {
		p.skipFiller()
		switch {
		case p.eof():
			return nil
		case p.peek() == '{':
			if err := p.block(); err != nil {
				return err
			}
		case p.peek() == '}':
			// A superfluous brace at the very end has always been forgiven.
			p.skip()
			if p.skipFiller(); !p.eof() {
				return p.fail("Expected the end of the configuration after a superfluous '}', but got '%s' instead.", p.found())
			}
		default:
			if err := p.entry(inDocument); err != nil {
				return err
			}
		}
	}
}

// block parses entries wrapped in braces, which go to the surrounding map. Its
// closing brace may be missing at the end of the text.
func (p *parser) block() *Error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	p.skip()
	for {
		p.skipFiller()
		switch {
		case p.eof():
			return nil
		case p.peek() == '}':
			p.skip()
			return nil
		case p.peek() == '{':
			if err := p.block(); err != nil {
				return err
			}
		default:
			if err := p.entry(inBlock); err != nil {
				return err
			}
		}
	}
}

// mapValue parses a map with its braces.
func (p *parser) mapValue() (*Value, *Error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	v := &Value{Kind: KindMap, Pos: p.pos(), Map: &Map{}}
	p.open(v.Map)
	defer p.close()
	p.skip()
	for {
		p.skipFiller()
		switch {
		case p.eof():
			return nil, p.fail("Unexpected EOF processing map.")
		case p.peek() == '}':
			p.skip()
			return v, nil
		case p.peek() == ']':
			return nil, p.fail("Unexpected array end ']' processing map.")
		}
		if err := p.entry(inMap); err != nil {
			return nil, err
		}
	}
}

// arrayValue parses an array with its brackets.
func (p *parser) arrayValue() (*Value, *Error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	v := &Value{Kind: KindArray, Pos: p.pos()}
	p.skip()
	for {
		p.skipFiller()
		switch p.peek() {
		case ']':
			p.skip()
			return v, nil
		case ',':
			return nil, p.fail("Unexpected array value terminator ','.")
		}
		if p.eof() {
			return nil, p.unterminated(inArray)
		}
		elem, err := p.value()
		if err != nil {
			return nil, err
		}
		v.Array = append(v.Array, elem)
		if err := p.terminator(inArray); err != nil {
			return nil, err
		}
	}
}

// entry parses a key with its value, or an include, up to and including what
// ends it; only a closing brace is left to the caller.
func (p *parser) entry(in place) *Error {
	keyPos, key, quoted, err := p.key(in)
	if err != nil {
		return err
	}
	if !quoted && strings.EqualFold(key, "include") && isSpace(p.peek()) {
		if err := p.include(keyPos); err != nil {
			return err
		}
		return p.terminator(in)
	}
	if err := p.separator(in); err != nil {
		return err
	}
	v, err := p.value()
	if err != nil {
		return err
	}
	p.add(Entry{Key: key, KeyPos: keyPos, Value: v})
	return p.terminator(in)
}

// key parses a bare or quoted key. The position of a quoted one is that of its
// first character within the quotes.
func (p *parser) key(in place) (pos Pos, key string, quoted bool, err *Error) {
	switch c := p.peek(); c {
	case '=', ':':
		if in == inMap {
			return pos, "", false, p.fail("Unexpected key separator '%c'.", c)
		}
		return pos, "", false, p.fail("Unexpected key separator '%c'", c)
	case '\'', '"':
		p.skip()
		pos = p.pos()
		key, err = p.until(c)
		return pos, key, true, err
	}
	pos = p.pos()
	start := p.off
	for c := p.peek(); !p.eof() && !isSpace(c) && c != '=' && c != ':'; c = p.peek() {
		p.off++
	}
	return pos, p.text[start:p.off], false, nil
}

// separator moves from a key to its value.
func (p *parser) separator(in place) *Error {
	p.skipSpace()
	if c := p.peek(); c == '=' || c == ':' {
		p.skip()
		p.skipBlanks()
		if in == inMap {
			p.skipSpace()
		} else if isLineEnd(p.peek()) {
			return p.fail("Expected value but found new line")
		}
	} else if p.eof() {
		return p.missingValue(in)
	}
	if in == inMap && p.peek() == ',' {
		return p.fail(`Unexpected map value terminator ",".`)
	}
	if p.peek() == '}' {
		return p.fail("Expected value but found '}'")
	}
	return nil
}

// missingValue reports that the text ends after a key.
func (p *parser) missingValue(in place) *Error {
	if in == inMap {
		return p.fail("Unexpected EOF processing map key.")
	}
	pos := p.pos()
	return &Error{Pos: pos, Msg: "config is invalid (" + pos.String() + ")"}
}

// terminator moves over what ends an entry or an array's value.
func (p *parser) terminator(in place) *Error {
	p.skipBlanks()
	if p.atComment() {
		p.skipComment()
	}
	switch c := p.peek(); {
	case p.eof():
		// Only the document may end here, or a block in which the next entry
		// could begin.
		if in == inDocument {
			return nil
		}
	case isLineEnd(c), c == ',':
		p.skip()
		return nil
	case c == ';' && in != inArray:
		p.skip()
		return nil
	case c == '}' && in == inDocument:
		p.skip()
		return nil
	case c == '}' && in != inArray, c == ']' && in == inArray:
		return nil
	}
	return p.unterminated(in)
}

// unterminated reports that the next character does not end a value.
func (p *parser) unterminated(in place) *Error {
	switch in {
	case inMap:
		return p.fail(`Expected a map value terminator "," or a map terminator "}", but got '%s' instead.`, p.found())
	case inArray:
		return p.fail(`Expected an array value terminator "," or an array terminator "]", but got '%s' instead.`, p.found())
	case inBlock:
		return p.fail("Expected a block-level value to end with a new line, comment or EOF, but got '%s' instead.", p.found())
	default:
		return p.fail("Expected a top-level value to end with a new line, comment or EOF, but got '%s' instead.", p.found())
	}
}
