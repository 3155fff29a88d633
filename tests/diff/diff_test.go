package diff

import (
	"cmp"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
	"github.com/dunlin-mq/dunlin/tests/internal/script"
)

func TestMain(m *testing.M) { proc.Main(m) }

// scripts is where the collection lies; SCRIPTS names another folder, to try
// something out.
var scripts = cmp.Or(os.Getenv("SCRIPTS"), "testdata")

func load(t *testing.T) []*script.File {
	t.Helper()
	files, err := script.Load(scripts)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestScripts plays every scenario to both programs.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, file := range load(t) {
		for _, scenario := range file.Scenarios {
			t.Run(strings.TrimPrefix(file.TestName(scenario), t.Name()+"/"), func(t *testing.T) {
				t.Parallel()
				proc.Each(t, func(t *testing.T, target *proc.Target) { play(t, file, scenario, target, nil) })
			})
		}
	}
}

// TestScriptsInTunnel plays the scenarios about what clients say and hear once
// more, over WebSocket, with and without compression: the way must make no
// difference.
func TestScriptsInTunnel(t *testing.T) {
	t.Parallel()
	subsystems := []string{"limits", "liveness", "mappings", "protocol", "publishing", "subscriptions", "tracing"}
	for _, file := range load(t) {
		subsystem, _, _ := strings.Cut(file.Topic(), "/")
		if !slices.Contains(subsystems, subsystem) {
			continue
		}
		for _, scenario := range file.Scenarios {
			if scenario.Steps[0].Op == script.TCP {
				continue
			}
			for _, via := range []*tunnel{{}, {compressed: true}} {
				name := strings.TrimPrefix(file.TestName(scenario), "TestScripts/") + "/" + via.String()
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					proc.Each(t, func(t *testing.T, target *proc.Target) {
						if target == proc.Reference && via.unfair(scenario) {
							t.Skip("see close-delivered and inflated-limit in compat.md")
						}
						play(t, file, scenario, target, via)
					})
				})
			}
		}
	}
}

// TestEnoughExchanges keeps the collection from shrinking and prints its size
// per topic.
func TestEnoughExchanges(t *testing.T) {
	t.Parallel()
	const promised = 800
	scenarios, exchanges := 0, 0
	for _, file := range load(t) {
		n := 0
		for _, scenario := range file.Scenarios {
			n += scenario.Exchanges()
		}
		scenarios += len(file.Scenarios)
		exchanges += n
		t.Logf("%4d exchanges in %2d scenarios: %s", n, len(file.Scenarios), file.Topic())
	}
	t.Logf("%4d exchanges in %d scenarios", exchanges, scenarios)
	if exchanges < promised {
		t.Errorf("%d exchanges, promised are %d", exchanges, promised)
	}
}

// TestScenariosAreTold checks that each scenario has a name of its own and
// looks at some answer, and that each file says what it is about.
func TestScenariosAreTold(t *testing.T) {
	t.Parallel()
	for _, file := range load(t) {
		if file.About == "" {
			t.Errorf("%s has no comment at the top", file.Path)
		}
		seen := map[string]bool{}
		for _, scenario := range file.Scenarios {
			if seen[scenario.Name] {
				t.Errorf("%s: scenario %q stands there twice", file.Path, scenario.Name)
			}
			seen[scenario.Name] = true
			if scenario.Exchanges() == 0 {
				t.Errorf("%s: scenario %q has no exchange", file.Path, scenario.Name)
			}
		}
	}
}

// compatRow is a row of the table in compat.md: it begins with the name of
// the difference.
var compatRow = regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\|")

// TestDifferencesAreDocumented checks that every deliberate difference that a
// script relies on is explained.
func TestDifferencesAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(proc.RepoFile("server/docs/compat.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, m := range compatRow.FindAllStringSubmatch(string(text), -1) {
		documented[m[1]] = true
	}
	for _, file := range load(t) {
		for _, scenario := range file.Scenarios {
			for _, reason := range scenario.Reasons() {
				if !documented[reason] {
					t.Errorf("%s: %s: difference %q is not in server/docs/compat.md", file.Path, scenario.Name, reason)
				}
			}
		}
	}
}
