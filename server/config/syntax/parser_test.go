package syntax

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func at(line, col int) Pos { return Pos{File: "c.conf", Line: line, Col: col} }

func TestTreeKeepsOrderPositionsAndSpelling(t *testing.T) {
	t.Parallel()
	got, err := Parse("c.conf", []byte("Port: 4222\n  name = \"x\" # c\nwhen: 2026-01-02T15:04:05Z, f: 1.5\nm { a: [on, y] }\nport: 1k"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := &Map{Entries: []Entry{
		{Key: "Port", KeyPos: at(1, 0), Value: &Value{Kind: KindInt, Pos: at(1, 6), Int: 4222}},
		{Key: "name", KeyPos: at(2, 3), Value: &Value{Kind: KindString, Quoted: true, Pos: at(2, 10), Str: "x"}},
		{Key: "when", KeyPos: at(3, 1), Value: &Value{Kind: KindTime, Pos: at(3, 7), Time: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)}},
		{Key: "f", KeyPos: at(3, 29), Value: &Value{Kind: KindFloat, Pos: at(3, 32), Float: 1.5}},
		{Key: "m", KeyPos: at(4, 1), Value: &Value{Kind: KindMap, Pos: at(4, 3), Map: &Map{Entries: []Entry{
			{Key: "a", KeyPos: at(4, 5), Value: &Value{Kind: KindArray, Pos: at(4, 8), Array: []*Value{
				{Kind: KindBool, Pos: at(4, 9), Bool: true},
				{Kind: KindString, Pos: at(4, 13), Str: "y"},
			}}},
		}}}},
		{Key: "port", KeyPos: at(5, 1), Value: &Value{Kind: KindInt, Pos: at(5, 7), Int: 1000}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if e := got.Get("PORT"); e.Value.Int != 1000 {
		t.Errorf("Get returned %+v, want the last entry whatever its case", e)
	}
	if e := got.Get("nope"); e != nil {
		t.Errorf("Get of a missing key = %+v", e)
	}
}

// Text that the reference server misreads by accident, or refuses although its
// meaning is plain.
func TestAccidentsOfTheReferenceServerAreNotCopied(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"integer before bracket", "a: [1,2]", `{"a":[1,2]}`},
		{"suffixed integer before bracket", "a: [1k,2mb]", `{"a":[1000,2097152]}`},
		{"bracket after comment", "a: [1 # c\n2]", `{"a":[1,2]}`},
		{"block string with CRLF", "a (\r\nx\r\n)\r\nb: 1", `{"a":"\r\nx\r\n","b":1}`},
		{"address with mask", "a: 10.0.0.0/8", `{"a":"10.0.0.0/8"}`},
		{"escape after a digit", `a: 5\t`, `{"a":"5\t"}`},
		{"quote ends a word without being lost", "a: it's", "c.conf:1:5 Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got ''' instead.'"},
		{"suffix overflows", "a: 8EiB", "c.conf:1:3 integer '8EiB' is out of the range"},
		{"negative overflows", "a: -9223372036854775808k", "c.conf:1:3 integer '-9223372036854775808k' is out of the range"},
		{"float overflows", "a: " + strings.Repeat("9", 400) + ".5", "c.conf:1:3 float '" + strings.Repeat("9", 400) + ".5' is out of the range"},
		{"map without value", "a { b: }", "c.conf:1:7 Parse error on line 1: 'Expected value but found '}''"},
		{"superfluous brace in the middle", "a: 1\n}\nb: 2", "c.conf:3:1 Parse error on line 3: 'Expected the end of the configuration after a superfluous '}', but got 'b' instead.'"},
		{"superfluous brace at the end", "a: 1\n}\n# end\n", `{"a":1}`},
		{"single slash", "a: x /", "c.conf:1:5 Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got '/' instead.'"},
		{"NUL byte", "a: x\x00y", "c.conf:1:4 Parse error on line 1: 'Unexpected NUL byte.'"},
		{"include without path", "include ", "c.conf:1:8 Parse error on line 1: 'Unexpected EOF.'"},
		{"escape at the end", `a: "\`, "c.conf:1:5 Parse error on line 1: 'Unexpected EOF.'"},
		{"half an escape at the end", `a: \x`, "c.conf:1:5 Parse error on line 1: 'Expected two hexadecimal digits after '\\x', but got '''"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, outcome(tc.text, Options{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDocumentMayBeWrappedInBraces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{ a: 1 }":                    `{"a":1}`,
		"{ a: 1 } { b: 2 }":           `{"a":1,"b":2}`,
		"{ a: 1 }{ b: 2 } c: 3":       `{"a":1,"b":2,"c":3}`,
		"x: 1\n{ a: 1\n b: 2 }\ny: 2": `{"a":1,"b":2,"x":1,"y":2}`,
		"{{a: 1}}":                    `{"a":1}`,
		"{ a: 1 \n":                   `{"a":1}`,
		"{":                           `{}`,
		"":                            `{}`,
		" \n# c\n// d":                `{}`,
		"}":                           `{}`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, outcome(text, Options{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestKeysStandAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"'a b' 1":             "a b 1:1",
		"\n'a b'1":            "a b 2:2",
		`"a\" 1`:              `a\ 1:1`,
		"''=1":                " 1:1",
		"a#b: 1":              "a#b 1:0",
		"a{b 1":               "a{b 1:0",
		"x 1;;a: 1":           ";a 1:4",
		"x 1,\n,a: 1":         ",a 2:1",
		"\ufeffport: 1":       "\ufeffport 1:0",
		"x (\na\n)\n  y\n\n1": "y 4:3",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			m, err := Parse("", []byte(text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			last := m.Entries[m.Len()-1]
			got := last.Key + " " + strconv.Itoa(last.KeyPos.Line) + ":" + strconv.Itoa(last.KeyPos.Col)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// outcome parses text and renders the tree as JSON, or the error behind its
// position.
func outcome(text string, opts Options) string {
	m, err := Parse("c.conf", []byte(text), opts)
	if err != nil {
		return err.(*Error).Pos.String() + " " + err.Error()
	}
	return toJSON(m)
}
