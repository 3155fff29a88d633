package syntax

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzParse checks that any text is either refused with a position in it or
// understood in the same way once it is written out plainly.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "port: 4222", "a {\n b = [1, 2k, 'x', \"y\\n\" ]\n}", "{ a: 1 } { b: on }", "x: 1\ny: $x", "a: $E19\nb: $E6",
		"a (\n raw\n)\n", "include nested.conf\nb: 1.5", "t: 2026-01-02T15:04:05Z # c\n// d", "a: 127.0.0.1:4222;b: -1.5,c: 5s",
		"'k \"' : \"\\x00\\\"\"", "a: $2a$11$x", "{{{{", "a: [[[[", "v: [a, a]\nw: [$v, $v]\nx: [$w, $w]", "include loop.conf",
	} {
		f.Add([]byte(seed))
	}
	opts := testOptions
	opts.MaxBytes = 1 << 16
	opts.ReadFile = func(path string) ([]byte, error) {
		if path == "loop.conf" {
			return []byte("include x/../loop.conf"), nil
		}
		return readTestFile(path)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Parse("c.conf", text, opts)
		if err != nil {
			perr, ok := err.(*Error)
			if !ok || perr.Msg == "" || perr.Pos.Line < 1 || perr.Pos.Col < 0 {
				t.Fatalf("useless error %#v", err)
			}
			return
		}
		plain := render(m)
		again, err := Parse("again", []byte(plain), Options{})
		if err != nil {
			t.Fatalf("rendering is refused: %v\n%s", err, plain)
		}
		if diff := cmp.Diff(m, again, cmpopts.IgnoreTypes(Pos{}), cmpopts.EquateEmpty(),
			cmpopts.IgnoreFields(Value{}, "Quoted"), cmpopts.IgnoreFields(Entry{}, "UsedAsVariable")); diff != "" {
			t.Fatalf("(-parsed +parsed again)\n%s\n%s", diff, plain)
		}
		checkDigest(t, m)
		if Digest(m) != Digest(again) {
			t.Fatal("digests differ")
		}
	})
}

// render writes a tree without includes, variables and bare strings.
func render(m *Map) string {
	var b strings.Builder
	renderEntries(&b, m)
	return b.String()
}

func renderEntries(b *strings.Builder, m *Map) {
	for _, e := range m.Entries {
		switch {
		case !strings.Contains(e.Key, "'"):
			b.WriteString("'" + e.Key + "'")
		case !strings.Contains(e.Key, `"`):
			b.WriteString(`"` + e.Key + `"`)
		default: // only a bare key can have both
			b.WriteString(e.Key)
		}
		b.WriteString(" = ")
		renderValue(b, e.Value)
		b.WriteString("\n")
	}
}

func renderValue(b *strings.Builder, v *Value) {
	switch v.Kind {
	case KindMap:
		b.WriteString("{\n")
		renderEntries(b, v.Map)
		b.WriteString("}")
	case KindArray:
		b.WriteString("[")
		for i, elem := range v.Array {
			if i > 0 {
				b.WriteString(", ")
			}
			renderValue(b, elem)
		}
		b.WriteString("]")
	case KindInt:
		b.WriteString(strconv.FormatInt(v.Int, 10))
	case KindFloat:
		s := strconv.FormatFloat(v.Float, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		b.WriteString(s)
	case KindBool:
		b.WriteString(strconv.FormatBool(v.Bool))
	case KindTime:
		b.WriteString(v.Time.Format(datetimeLayout))
	default:
		b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\x00", `\x00`).Replace(v.Str) + `"`)
	}
}

func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		n := strconv.Itoa(i)
		text.WriteString("acc" + n + " { users: [ {user: u" + n + ", password: 'p" + n + "'} ], max_conn: 1k, subject: a." + n + ".> }\n")
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("c.conf", []byte(text.String()), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
