package deflate

import "strings"

// scanner walks one line of Sec-WebSocket-Extensions (RFC 6455, section 9.1):
// a list of extensions, each a token with parameters. It is a pull parser, so
// that a refused handshake costs no memory: the caller asks for the next
// extension, then for its parameters until there are none.
//
// A line that breaks the grammar has no boundaries to go on from: broken is set
// and nothing more comes.
type scanner struct {
	rest   string
	broken bool
}

// extension returns the name of the next extension, skipping what is left of
// the one before. Empty list elements are nothing (RFC 9110, section 5.6.1).
func (s *scanner) extension() (name string, ok bool) {
	for {
		if _, ok := s.param(); !ok {
			break
		}
	}
	for !s.broken {
		s.space()
		if s.rest == "" {
			return "", false
		}
		if s.rest[0] != ',' {
			name = s.token()
			return name, s.endOfPart()
		}
		s.rest = s.rest[1:]
	}
	return "", false
}

// param is one parameter of an extension. Value is never empty where HasValue
// is set.
type param struct {
	Name     string
	Value    string
	HasValue bool
}

// param returns the next parameter of the extension that was returned last.
func (s *scanner) param() (p param, ok bool) {
	if s.broken || s.rest == "" || s.rest[0] != ';' {
		return param{}, false
	}
	s.rest = s.rest[1:]
	s.space()
	p.Name = s.token()
	s.space()
	if strings.HasPrefix(s.rest, "=") {
		s.rest = s.rest[1:]
		s.space()
		p.HasValue = true
		if strings.HasPrefix(s.rest, `"`) {
			p.Value = s.quoted()
		} else {
			p.Value = s.token()
		}
	}
	return p, s.endOfPart()
}

// endOfPart requires that a name or a parameter is followed by a separator or
// by the end of the line.
func (s *scanner) endOfPart() bool {
	s.space()
	if s.rest != "" && s.rest[0] != ';' && s.rest[0] != ',' {
		s.broken = true
	}
	return !s.broken
}

func (s *scanner) space() {
	s.rest = strings.TrimLeft(s.rest, " \t")
}

// token takes a token, which has at least one character.
func (s *scanner) token() string {
	i := 0
	for i < len(s.rest) && isTokenByte(s.rest[i]) {
		i++
	}
	if i == 0 {
		s.broken = true
	}
	t := s.rest[:i]
	s.rest = s.rest[i:]
	return t
}

// quoted takes a quoted string. What stands between the quotes must be a token
// once it is unescaped, which spares the caller every other character.
func (s *scanner) quoted() string {
	var b []byte
	for i := 1; i < len(s.rest); i++ {
		c := s.rest[i]
		if c == '"' && len(b) > 0 {
			s.rest = s.rest[i+1:]
			return string(b)
		}
		if c == '\\' && i+1 < len(s.rest) {
			i++
			c = s.rest[i]
		}
		if !isTokenByte(c) {
			break
		}
		b = append(b, c)
	}
	s.broken = true
	return ""
}

// isTokenByte reports whether c may stand in a token (RFC 9110, section 5.6.2).
func isTokenByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
