package syntax

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// minFileBytes is what any included file counts for, however short, so that
// files including each other twice cannot keep the disk busy for long.
const minFileBytes = 512

// include parses what follows the include keyword and adds the file's entries
// to the innermost map. The file does not see the variables of this one.
func (p *parser) include(keyPos Pos) *Error {
	path, err := p.includePath()
	if err != nil {
		return err
	}
	m, cause := p.run.includeFile(filepath.Join(p.dir, path), keyPos)
	if cause != nil {
		err := &Error{Pos: keyPos, Msg: fmt.Sprintf("error parsing include file '%s', %v", path, cause), Err: cause}
		if inner, ok := cause.(*Error); ok {
			err.Pos = inner.Pos
		}
		return err
	}
	for _, e := range m.Entries {
		p.add(e)
	}
	return nil
}

// includePath parses a path, which is a quoted string or a word without
// escapes in which a comma is a character like others.
func (p *parser) includePath() (string, *Error) {
	p.skipBlanks()
	switch c := p.peek(); {
	case c == '\'' || c == '"':
		p.skip()
		end := strings.IndexByte(p.text[p.off:], c)
		if end < 0 {
			p.advance(len(p.text))
			return "", p.fail("Unexpected EOF in quoted include")
		}
		path := p.text[p.off : p.off+end]
		p.advance(p.off + end + 1)
		return path, nil
	case isLineEnd(c):
		return "", p.fail("Expected include value but found new line")
	case c == '[':
		return "", p.fail("Expected include value but found start of an array")
	case c == '{':
		return "", p.fail("Expected include value but found start of a map")
	case c == '(':
		return "", p.fail("Expected include value but found start of a block")
	case c == '\\':
		return "", p.fail("Expected include value but found escape sequence")
	case isDigit(c) || c == '-':
		return "", p.fail("Expected include value but found start of a number")
	case p.eof():
		return "", p.fail("Unexpected EOF.")
	}
	start := p.off
	for c := p.peek(); !p.eof() && !isSpace(c) && c != ';' && c != '}'; c = p.peek() {
		p.off++
	}
	return p.text[start:p.off], nil
}

// includeFile parses the file at path, included at pos.
func (r *run) includeFile(path string, pos Pos) (*Map, error) {
	if slices.Contains(r.including, path) {
		return nil, failValue(pos, "include cycle at '%s'", path)
	}
	if len(r.including) > r.opts.MaxIncludeDepth {
		return nil, limitError(pos, "files include files more than %d levels deep", r.opts.MaxIncludeDepth)
	}
	if err := r.spend(minFileBytes, pos); err != nil {
		return nil, err
	}
	text, err := r.opts.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r.including = append(r.including, path)
	defer func() { r.including = r.including[:len(r.including)-1] }()
	m, perr := r.parse(source{name: path, dir: filepath.Dir(path), text: text})
	if perr != nil {
		return nil, perr
	}
	return m, nil
}
