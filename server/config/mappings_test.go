package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComplaintsAboutMappings(t *testing.T) {
	t.Parallel()
	tests := []struct{ value, want string }{
		{`{}`, ""},
		{`{a: b}`, ""},
		{`{a: []}`, ""},
		{`5`, `1:0: mappings should be a map, not an integer`},
		{`[]`, `1:0: mappings should be a map, not an array`},
		{`{"a..": "b"}`, `1:0: Subject "a.." is not a valid subject`},
		{`{"b c": c}`, `1:0: Subject "b c" is not a valid subject`},
		{`{"a.*": "b.$2"}`,
			`1:11: Error adding mapping for "a.*" to "b.$2" : invalid mapping destination: wildcard index out of range in $2: [2]`},
		{`{"b.*": "{{foo(1)}}"}`,
			`1:11: Error adding mapping for "b.*" to "{{foo(1)}}" : invalid mapping destination: unknown function in {{foo(1)}}`},
		{`{"b.>": "x"}`, `1:11: Error adding mapping for "b.>" to "x" : invalid subject`},
		{`{"b": "c d"}`, `1:11: Error adding mapping for "b" to "c d" : invalid mapping destination: invalid transform`},
		{`{"b": ""}`, `1:11: Error adding mapping for "b" to "" : Subject "" is not a valid subject`},
		{`{"b": 5}`, `1:11: Expected an entry for the mapping destination`},
		{`{"b": [5, "c"]}`, "1:16: Expected an entry for the mapping destination\n" +
			`1:19: Expected an entry for the mapping destination`},
		{`{"b": {dest: c}}`, `1:11: Missing weight for mapping destination "c"`},
		{`{"b": {weight: 50}}`, `1:11: Error adding mapping for "b" : Subject "" is not a valid subject`},
		{`{"b": {dest: "x..y", weight: 60}}`,
			`1:11: Error adding mapping for "b" : invalid mapping destination: invalid transform`},
		{`{"b": {dest: 5, weight: 60}}`, `1:16: dest should be a string, not an integer`},
		{`{"b": {dest: x, weight: 60, cluster: 5}}`, `1:37: cluster should be a string, not an integer`},
		{`{"b": {dest: c, weight: 60, foo: 1}}`, `1:37: Unknown field "foo" for mapping destination`},
		{`{"b": {dest: c, weight: 101}}`, `1:25: Invalid weight 101 for mapping destination`},
		{`{"b": {dest: c, weight: -1}}`, `1:25: Invalid weight -1 for mapping destination`},
		{`{"b": {dest: c, weight: 256}}`, `1:25: Invalid weight 256 for mapping destination`},
		{`{"b": {dest: c, weight: "x%"}}`, `1:25: Invalid weight "x" for mapping destination`},
		{`{"b": {dest: c, weight: 60.5}}`, `1:25: Unknown entry type for weight of 60.5`},
		{`{"b": {dest: c, weight: true}}`, `1:25: Unknown entry type for weight of true`},
		{`{"b": [{dest: c, weight: 60}, {dest: d, weight: 50}]}`,
			`1:11: Error adding mapping for "b" : total weight needs to be <= 100`},
		{`{"b": [{dest: c, weight: 60}, {dest: c, weight: 40}]}`,
			`1:11: Error adding mapping for "b" : duplicate entry for "c"`},
		{`{"b": [{dest: c, weight: 60, cluster: X}, {dest: d, weight: 60}]}`, ""},
		{`{"b": [{dest: c, weight: 60, cluster: X}, {dest: d, weight: 60, cluster: X}]}`,
			`1:11: Error adding mapping for "b" : total weight needs to be <= 100`},
	}
	for _, tt := range tests {
		t.Run(tt.value, func(t *testing.T) {
			t.Parallel()
			want := tt.want
			if want != "" {
				want = complaintsAt(want)
			}
			if diff := cmp.Diff(want, complaints("mappings "+tt.value)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMappingsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	got := mustParse(t, `maps {
		"z.*": "y.$1"
		"a": [ {dest: b, weight: 60%}, {Destination: c, Weight: "30", cluster: X} ]
		"m": {dest: n, weight: "1%"}
		"z.*": "x.$1"
	}`).Mappings
	want := []Mapping{
		{Source: "a", Dests: []MappingDest{{Subject: "b", Weight: 60}, {Subject: "c", Weight: 30, Cluster: "X"}}},
		{Source: "m", Dests: []MappingDest{{Subject: "n", Weight: 1}}},
		{Source: "z.*", Dests: []MappingDest{{Subject: "x.$1", Weight: 100}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMappingCompiles(t *testing.T) {
	t.Parallel()
	m := Mapping{Source: "a.*", Dests: []MappingDest{{Subject: "b.$1", Weight: 100}}}
	if c, err := m.Compile(); err != nil || c.Source() != "a.*" {
		t.Error(c, err)
	}
}
