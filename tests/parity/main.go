package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func main() {
	results := flag.String("results", "", "output of go test -json ./tests/...")
	check := flag.Bool("check", false, "compare with the page instead of writing it")
	flag.Parse()
	if err := run(*results, *check); err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(1)
	}
}

func run(resultsPath string, check bool) error {
	root := proc.RepoFile("tests")
	pagePath := proc.RepoFile("server/docs/parity.md")
	subsystems, err := collect(root)
	if err != nil {
		return err
	}
	if resultsPath == "" {
		if !check {
			return errors.New("-results is needed to write the page: names do not tell what holds")
		}
		return checkNames(pagePath, subsystems)
	}
	outcomes, err := readResults(resultsPath)
	if err != nil {
		return err
	}
	for i := range subsystems {
		outcomes.judge(&subsystems[i])
	}
	page := render(subsystems)
	if !check {
		return os.WriteFile(pagePath, []byte(page), 0o644)
	}
	old, err := os.ReadFile(pagePath)
	if err != nil {
		return err
	}
	if string(old) != page {
		return fmt.Errorf("%s is not what these results say; write it with -results %s", pagePath, resultsPath)
	}
	return nil
}

// checkNames compares the page with what there is, whatever holds.
func checkNames(pagePath string, subsystems []Subsystem) error {
	old, err := os.ReadFile(pagePath)
	if err != nil {
		return err
	}
	if namesOf(string(old)) != namesOf(render(subsystems)) {
		return fmt.Errorf("%s does not list the tests there are; run the tests with -json and write it with -results", pagePath)
	}
	return nil
}
