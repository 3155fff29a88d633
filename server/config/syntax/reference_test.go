package syntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVariablesSeeWhatIsAboveThem(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"same map", "a: {x: 1, y: $x}", `{"a":{"x":1,"y":1}}`},
		{"enclosing map", "x: 1\na: {b: {c: $x}}", `{"a":{"b":{"c":1}},"x":1}`},
		{"innermost wins", "x: 1\na: {x: 2, y: $x}", `{"a":{"x":2,"y":2},"x":1}`},
		{"in an array", "x: 1\na: [$x, {y: $x}]", `{"a":[1,{"y":1}],"x":1}`},
		{"latest so far", "x: 1, a: $x, x: 2, b: $x", `{"a":1,"b":2,"x":2}`},
		{"whole map", "x: {k: [1, 2]}\na: $x", `{"a":{"k":[1,2]},"x":{"k":[1,2]}}`},
		{"own earlier value", "a: 1\na: $a", `{"a":1}`},
		{"before the environment", "E1: 7\na: $E1", `{"E1":7,"a":7}`},
		{"bcrypt hash", "a: $2a$11$x", `{"a":"$2a$11$x"}`},
		{"name of any characters", "x.y-z: 1\na: $x.y-z", `{"a":1,"x.y-z":1}`},
		{"quoted", `a: "$E1"`, `{"a":"$E1"}`},
		{"escaped", `a: \x24E1`, `{"a":"$E1"}`},

		{"case matters", "x: 1\na: $X", "c.conf:2:4 variable reference for 'X' on line 2 can not be found"},
		{"not forward", "a: $x\nx: 1", "c.conf:1:3 variable reference for 'x' on line 1 can not be found"},
		{"not into a sibling", "s: {x: 1}\na: $x", "c.conf:2:4 variable reference for 'x' on line 2 can not be found"},
		{"not itself", "a: {a: $a}", "c.conf:1:7 variable reference for 'a' on line 1 can not be found"},
		{"other bcrypt prefix", "a: $2b$11$x", "c.conf:1:3 variable reference for '2b$11$x' on line 1 can not be found"},
		{"cycle", "\na: $E6", "c.conf:2:4 variable reference for 'E6' on line 2 could not be parsed: " +
			"variable reference for 'E6' on line 1 could not be parsed: variable reference cycle for 'E6'"},
		{"bad text", "a: $E14", "c.conf:1:3 variable reference for 'E14' on line 1 could not be parsed: Parse error on line 1: 'Unexpected EOF.'"},
		{"environment does not see the file", "A: 1, a: $E13", "c.conf:1:9 variable reference for 'E13' on line 1 could not be parsed: variable reference for 'A' on line 1 can not be found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, outcome(tc.text, testOptions)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestUsedVariablesAreMarked(t *testing.T) {
	t.Parallel()
	m, err := Parse("c.conf", []byte("x: 1\ny: 2\nx: 3\na {z: 1, w: $z, v: $x}\ninclude v.conf\nb: $VV"), testOptions)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for i, e := range m.Entries {
		got[fmt.Sprint(i, e.Key)] = e.UsedAsVariable
	}
	want := map[string]bool{"0x": false, "1y": false, "2x": true, "3a": false, "4VV": true, "5b": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if e := m.Get("a").Value.Map.Get("z"); !e.UsedAsVariable {
		t.Error("z is not marked")
	}
}

func TestPositionsWithinAVariableOfTheEnvironmentNameIt(t *testing.T) {
	t.Parallel()
	m, err := Parse("c.conf", []byte("a: $E4"), testOptions)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Get("a").Value.Map.Entries[0].KeyPos.String(), "$E4:1:1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVariablesCannotMultiply(t *testing.T) {
	t.Parallel()
	var laughs strings.Builder
	laughs.WriteString("v0: " + strings.Repeat("x", 100) + "\n")
	for i := range 40 {
		fmt.Fprintf(&laughs, "v%d: [$v%d, $v%d]\n", i+1, i, i)
	}
	var tower strings.Builder
	tower.WriteString("v0: 1\n")
	for i := range 40 {
		fmt.Fprintf(&tower, "v%d: {k: $v%d}\n", i+1, i)
	}
	env := func(name string) (string, bool) { return "[$" + name + "x, $" + name + "x]", true }
	for _, tc := range []struct {
		name, text, want string
		opts             Options
	}{
		{"doubling", laughs.String(), "c.conf:14:7 configuration is larger than 1000000 bytes with its includes and variables", Options{MaxBytes: 1e6}},
		{"tower", tower.String(), "c.conf:32:10 configuration nests deeper than 30 levels", Options{MaxDepth: 30}},
		{"endless environment", "a: $x", "c.conf:1:3 variable reference for 'x' on line 1 could not be parsed: variable reference for 'xx' on line 1 could not be parsed: variable reference for 'xxx' on line 1 could not be parsed: variable reference for 'xxxx' on line 1 could not be parsed: variables refer to variables more than 3 levels deep", Options{MaxIncludeDepth: 3, LookupEnv: env}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, outcome(tc.text, tc.opts)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if _, err := Parse("", []byte(tc.text), tc.opts); !errors.Is(err, ErrLimit) {
				t.Errorf("%v does not wrap ErrLimit", err)
			}
		})
	}
}
