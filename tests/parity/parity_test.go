package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPageListsTheTestsThereAre is what keeps the page from growing stale.
func TestPageListsTheTestsThereAre(t *testing.T) {
	t.Parallel()
	if err := run("", true); err != nil {
		t.Error(err)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, want string }{
		{"PidFile", "pid file"},
		{"TLSVariants", "TLS variants"},
		{"SpeaksTLS", "speaks TLS"},
		{"HTTPSNeedsNoClientCertificate", "HTTPS needs no client certificate"},
		{"AServer", "a server"},
		{"One", "one"},
	} {
		if got := words(test.name); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestOnlyPassedTestsHold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "results.json")
	results := `{"Action":"pass","Package":"x/client","Test":"TestA"}
{"Action":"pass","Package":"x/client","Test":"TestA/dunlin"}
FAIL	x/broken [build failed]
{"Action":"fail","Package":"x/client","Test":"TestB"}
{"Action":"pass","Package":"x/client","Test":"TestC"}
{"Action":"skip","Package":"x/client","Test":"TestC/dunlin"}
{"Action":"pass","Package":"x/other","Test":"TestD"}
`
	if err := os.WriteFile(file, []byte(results), 0o600); err != nil {
		t.Fatal(err)
	}
	outcomes, err := readResults(file)
	if err != nil {
		t.Fatal(err)
	}
	s := Subsystem{Topics: []Topic{{Behaviours: []Behaviour{
		{Test: "client TestA"}, {Test: "client TestB"}, {Test: "client TestC"}, {Test: "client TestD"},
	}}}}
	outcomes.judge(&s)
	var got []bool
	for _, b := range s.Topics[0].Behaviours {
		got = append(got, b.Holds)
	}
	if diff := cmp.Diff([]bool{true, false, false, false}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNamesDoNotDependOnResults(t *testing.T) {
	t.Parallel()
	page := func(holds bool) string {
		return render([]Subsystem{{Name: "s", Topics: []Topic{{About: "About.", Behaviours: []Behaviour{{Name: "b", Holds: holds}}}}}})
	}
	if page(true) == page(false) {
		t.Error("results do not show")
	}
	if diff := cmp.Diff(namesOf(page(true)), namesOf(page(false))); diff != "" {
		t.Error(diff)
	}
}
