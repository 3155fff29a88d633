package main

import (
	"strings"
	"testing"
)

func TestWorkloadsAreWellFormed(t *testing.T) {
	t.Parallel()
	known := make(map[string]bool)
	for _, q := range quantities {
		known[q.id] = true
	}
	seen := make(map[string]bool)
	for _, w := range workloads() {
		if seen[w.ID] || strings.ContainsAny(w.ID, " ,|") {
			t.Errorf("ID %q is taken or cannot be selected", w.ID)
		}
		seen[w.ID] = true
		if w.About == "" || w.Run == nil {
			t.Errorf("%s lacks a description or a run", w.ID)
		}
		for _, target := range w.Targets {
			if !known[target.Quantity] {
				t.Errorf("%s: target on %q, which no report shows", w.ID, target.Quantity)
			}
		}
	}
}

func TestSelectWorkloads(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		".*":                    "a-1 a-12 b",
		"a-1":                   "a-1",
		"a-1,b":                 "a-1 b",
		"a-.*":                  "a-1 a-12",
		"a-(1|12)":              "a-1 a-12",
		"b,does-not-exist":      "b",
		"a":                     "",
		"(":                     "",
		"does-not-exist-either": "",
	}
	all := []Workload{{ID: "a-1"}, {ID: "a-12"}, {ID: "b"}}
	for pattern, want := range tests {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			chosen, err := selectWorkloads(all, pattern)
			var ids []string
			for _, w := range chosen {
				ids = append(ids, w.ID)
			}
			if got := strings.Join(ids, " "); got != want || (err != nil) != (want == "") {
				t.Errorf("got %q, %v; want %q", got, err, want)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	upTo := Target{Quantity: cpuPerMillion, Limit: 0.4}
	from := Target{Quantity: ownRate, Own: true, AtLeast: true, Limit: 0.9}
	tests := []struct {
		target Target
		value  float64
		want   bool
	}{
		{upTo, 0.39, true}, {upTo, 0.4, true}, {upTo, 0.41, false},
		{from, 0.89, false}, {from, 0.9, true}, {from, 1.1, true},
	}
	for _, tt := range tests {
		if got := tt.target.met(tt.value); got != tt.want {
			t.Errorf("target %s by %g: %t, want %t", tt.target, tt.value, got, tt.want)
		}
	}
	if upTo.String() != "≤ 0.4×" || from.String() != "≥ 0.9 (own)" {
		t.Errorf("printed %q and %q", upTo, from)
	}
}
