package syntax

import (
	"strings"
	"unicode/utf8"
)

// scanner walks over the text of one file and knows where it is. Every method
// takes time linear in the text it moves over.
type scanner struct {
	file    string
	text    string
	off     int
	line    int // of off, counted from 1
	newline int // offset that column 0 of this line has
}

func newScanner(file, text string) scanner {
	return scanner{file: file, text: text, line: 1}
}

// pos is the position of the next character.
func (s *scanner) pos() Pos {
	return Pos{File: s.file, Line: s.line, Col: s.off - s.newline}
}

func (s *scanner) eof() bool { return s.off >= len(s.text) }

// peek returns the next byte, 0 at the end. NUL bytes were refused before.
func (s *scanner) peek() byte { return s.at(s.off) }

func (s *scanner) at(off int) byte {
	if off < len(s.text) {
		return s.text[off]
	}
	return 0
}

// skip moves over one byte.
func (s *scanner) skip() {
	if s.eof() {
		return
	}
	if s.text[s.off] == '\n' {
		s.line++
		s.newline = s.off
	}
	s.off++
}

// advance moves to the offset to.
func (s *scanner) advance(to int) {
	for s.off < to {
		s.skip()
	}
}

// skipBlanks moves over blanks within the line.
func (s *scanner) skipBlanks() {
	for c := s.peek(); c == ' ' || c == '\t'; c = s.peek() {
		s.off++
	}
}

// skipSpace moves over blanks and line ends.
func (s *scanner) skipSpace() {
	for isSpace(s.peek()) {
		s.skip()
	}
}

// skipFiller moves over blanks, line ends and comments.
func (s *scanner) skipFiller() {
	for {
		s.skipSpace()
		if !s.atComment() {
			return
		}
		s.skipComment()
	}
}

func (s *scanner) atComment() bool {
	return s.peek() == '#' || strings.HasPrefix(s.text[s.off:], "//")
}

// skipComment moves to the end of the line, which still ends what was before
// the comment.
func (s *scanner) skipComment() {
	if i := strings.IndexByte(s.text[s.off:], '\n'); i >= 0 {
		s.off += i
	} else {
		s.off = len(s.text)
	}
}

// found renders the next character for an error message.
func (s *scanner) found() string {
	if s.eof() {
		return "EOF"
	}
	switch r, n := utf8.DecodeRuneInString(s.text[s.off:]); r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	default:
		return s.text[s.off : s.off+n]
	}
}

// fail reports a grammar error at the next character.
func (s *scanner) fail(format string, args ...any) *Error {
	return lexError(s.pos(), s.messageLine(), format, args...)
}

// messageLine is the line that the message names: an unexpected line end
// counts as belonging to the line that it begins, as the reference server has
// it. The position of the error does not follow this.
func (s *scanner) messageLine() int {
	if s.peek() == '\n' {
		return s.line + 1
	}
	return s.line
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || isLineEnd(c) }

func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
