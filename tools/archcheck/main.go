package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("C", ".", "the root of the repository")
	flag.Parse()
	findings, packages, err := check(*root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "archcheck:", err)
		os.Exit(2)
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	if len(findings) > 0 {
		fmt.Fprintf(os.Stderr, "archcheck: %d findings in %d packages (the rules and their reasons: tools/archcheck/rules.go)\n", len(findings), packages)
		os.Exit(1)
	}
	fmt.Printf("archcheck: %d packages, nothing to report\n", packages)
}

// check runs every rule over the workspace at root.
func check(root string) (findings []finding, packages int, err error) {
	t, err := load(root)
	if err != nil {
		return nil, 0, err
	}
	r := new(report)
	for _, d := range t.dirs {
		for _, f := range d.files {
			r.collectAllows(t.fset, f)
		}
		t.checkImports(d, r)
		t.checkSizes(d, r)
		t.checkDocs(d, r)
		t.checkHabits(d, r)
	}
	if err := t.checkTexts(r); err != nil {
		return nil, 0, err
	}
	return r.result(), len(t.dirs), nil
}
