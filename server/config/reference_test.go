package config

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferencePageIsCurrent(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/options.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(Reference(), "\n"), strings.Split(string(page), "\n")); diff != "" {
		t.Errorf("server/docs/options.md is not what Reference returns; write it again with go run ./tools/genref:\n%s", diff)
	}
}

// snippets returns the blocks of code in a page.
func snippets(page string) []string {
	var out []string
	for i, part := range strings.Split(page, "```\n") {
		if i%2 == 1 {
			out = append(out, part)
		}
	}
	return out
}

func TestSnippetsOfTheReferencePageLoad(t *testing.T) {
	t.Parallel()
	found := snippets(Reference())
	if len(found) < 4 {
		t.Fatalf("found only %d snippets", len(found))
	}
	// Certificates of any name are there.
	readAny := func(path string) ([]byte, error) {
		if strings.Contains(path, "key") {
			return testFiles()["a-key.pem"], nil
		}
		return testFiles()["a.pem"], nil
	}
	for _, text := range found {
		d := &decoder{readFile: readAny}
		o, warnings, err := d.parse("snippet", []byte(text))
		if err != nil || len(warnings) > 0 {
			t.Errorf("%s\n%v %v", text, warnings, err)
			continue
		}
		if err := o.Validate(); err != nil {
			t.Errorf("%s\n%v", text, err)
		}
	}
}

func TestHelpNamesEveryFlagThatIsBuilt(t *testing.T) {
	t.Parallel()
	help := Usage("dunlin")
	for _, f := range Flags() {
		for _, name := range f.Names {
			if f.Feature.Built() != strings.Contains(help, " "+flagName(name)) {
				t.Errorf("-%s: built %v, but not so in the help", name, f.Feature.Built())
			}
		}
	}
	for _, line := range strings.Split(help, "\n") {
		if len(line) > 125 {
			t.Errorf("too long for a terminal: %s", line)
		}
	}
}

func TestHelpOnTLSNamesEveryOption(t *testing.T) {
	t.Parallel()
	help := UsageTLS()
	for _, row := range tlsBlock.Options {
		if row.Feature.Built() && row.Reload != Unwatched && !strings.Contains(help, "    "+row.Name+"\n") {
			t.Errorf("%s is missing", row.Name)
		}
	}
}

func TestGroupsHoldTheWholeTable(t *testing.T) {
	t.Parallel()
	var fromGroups, fromTable []string
	for _, g := range Groups() {
		for _, row := range g.Options {
			fromGroups = append(fromGroups, g.Title+" "+row.Name+" "+row.Since)
		}
		for range g.Options {
			fromTable = append(fromTable, g.Title+" ")
		}
	}
	for i, row := range Table() {
		fromTable[i] += row.Name + " " + row.Since
	}
	if diff := cmp.Diff(fromTable, fromGroups); diff != "" {
		t.Error(diff)
	}
}
