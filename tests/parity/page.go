package main

import (
	"fmt"
	"regexp"
	"strings"
)

const intro = `# Parity with the reference server

Written by ` + "`go run ./tests/parity`" + ` from the names and the results of the tests;
not by hand. Each line is a scenario of a wire script in ` + "`tests/diff/testdata`" + `,
which dunlin and nats-server 2.15 both have to answer as it is written, or a
test function in ` + "`tests`" + `. A mark means that it has passed.
[Deliberate differences](compat.md) are named where a scenario relies on one.

| Subsystem | Behaviours | Hold | Wire exchanges | Deliberate differences |
|---|---:|---:|---:|---:|
`

// render writes the page.
func render(subsystems []Subsystem) string {
	var page, sections strings.Builder
	page.WriteString(intro)
	for _, s := range subsystems {
		var behaviours, hold, exchanges, differences int
		for _, topic := range s.Topics {
			for _, b := range topic.Behaviours {
				behaviours++
				exchanges += b.Exchanges
				differences += len(b.Differences)
				if b.Holds {
					hold++
				}
			}
		}
		if behaviours == 0 {
			fmt.Fprintf(&page, "| %s | not built yet | | | |\n", s.Name)
			continue
		}
		fmt.Fprintf(&page, "| [%s](#%s) | %d | %d | %d | %d |\n", s.Name, s.Name, behaviours, hold, exchanges, differences)
		renderSection(&sections, s)
	}
	return page.String() + sections.String()
}

func renderSection(out *strings.Builder, s Subsystem) {
	fmt.Fprintf(out, "\n## %s\n", s.Name)
	for _, topic := range s.Topics {
		fmt.Fprintf(out, "\n%s\n\n", topic.About)
		for _, b := range topic.Behaviours {
			mark := " "
			if b.Holds {
				mark = "x"
			}
			fmt.Fprintf(out, "- [%s] %s", mark, b.Name)
			if len(b.Differences) > 0 {
				fmt.Fprintf(out, " (differs: %s)", strings.Join(b.Differences, ", "))
			}
			out.WriteString("\n")
		}
	}
}

var (
	marks = regexp.MustCompile(`(?m)^- \[.\]`)
	holds = regexp.MustCompile(`(?m)^(\| \[[^|]*\|[^|]*\|)[^|]*\|`)
)

// namesOf is the page without what depends on results.
func namesOf(page string) string {
	return holds.ReplaceAllString(marks.ReplaceAllString(page, "-"), "$1|")
}
