package handshake

import (
	"iter"
	"strings"
)

// Field is one header line. Name keeps the letters that the peer used.
type Field struct {
	Name, Value string
}

// Request is the head of one HTTP request as plain values. [ParseRequest] makes
// it from bytes and [FromHTTP] from what net/http read.
type Request struct {
	// Method is a token, in the case that the client used.
	Method string
	// Target is the request target as it was sent.
	Target string
	// Path is the path of the target as the client escaped it, without the
	// query. Query is what follows the question mark.
	Path, Query string
	// Host is the authority of the target, or else the Host header.
	Host string
	// Minor is the x of HTTP/1.x.
	Minor int
	// Fields are the header lines in the order in which they came.
	Fields []Field
	// Body is set if the request announces a body.
	Body bool
	// KeepAlive is set if the client would send another request after this.
	KeepAlive bool
}

// Header returns the value of the first line called name, or "". Names have no
// case.
func (r *Request) Header(name string) string {
	for i := range r.Fields {
		if r.Fields[i].is(name) {
			return r.Fields[i].Value
		}
	}
	return ""
}

// Values returns the values of all lines called name.
func (r *Request) Values(name string) iter.Seq[string] {
	return fieldValues(r.Fields, name)
}

// AppendValues appends the values of all lines called name.
func (r *Request) AppendValues(dst []string, name string) []string {
	return appendValues(dst, r.Fields, name)
}

// HasToken reports whether one of the comma-separated lists called name has the
// element token, in any case.
func (r *Request) HasToken(name, token string) bool {
	return hasToken(r.Fields, name, token)
}

// Cookies returns the names and values of all cookies, without quotes. Cookies
// that are malformed are left out.
func (r *Request) Cookies() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for line := range r.Values("Cookie") {
			for part := range strings.SplitSeq(line, ";") {
				name, value, ok := parseCookie(part)
				if ok && !yield(name, value) {
					return
				}
			}
		}
	}
}

// parseCookie takes one cookie pair the way net/http does: the name is a token,
// the value may stand in quotes.
func parseCookie(part string) (name, value string, ok bool) {
	name, value, _ = strings.Cut(trim(part), "=")
	name = trim(name)
	if n := len(value); n > 1 && value[0] == '"' && value[n-1] == '"' {
		value = value[1 : n-1]
	}
	for i := 0; i < len(value); i++ {
		if c := value[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return "", "", false
		}
	}
	return name, value, isToken(name)
}

// is compares names, whose letters are ASCII. Length and first letter are
// compared before the rest because they tell most names apart.
func (f *Field) is(name string) bool {
	return len(f.Name) == len(name) && len(name) > 0 &&
		(f.Name[0]^name[0])&^caseBit == 0 && strings.EqualFold(f.Name, name)
}

// caseBit is what upper and lower case of an ASCII letter differ in.
const caseBit = 'a' - 'A'

func fieldValues(fields []Field, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range fields {
			if fields[i].is(name) && !yield(fields[i].Value) {
				return
			}
		}
	}
}

func appendValues(dst []string, fields []Field, name string) []string {
	for i := range fields {
		if fields[i].is(name) {
			dst = append(dst, fields[i].Value)
		}
	}
	return dst
}

func hasToken(fields []Field, name, token string) bool {
	for i := range fields {
		if !fields[i].is(name) {
			continue
		}
		for element, rest := "", fields[i].Value; rest != ""; {
			element, rest, _ = strings.Cut(rest, ",")
			if element = trim(element); len(element) == len(token) && strings.EqualFold(element, token) {
				return true
			}
		}
	}
	return false
}

// trim removes what HTTP calls optional white space.
func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}
