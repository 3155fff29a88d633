package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dunlin-mq/dunlin/server/config"
)

// A page is a generated file.
type page struct {
	name string // relative to the root, with slashes
	text func() string
}

// pages are all of them.
var pages = []page{
	{"server/docs/options.md", config.Reference},
}

func main() {
	root := flag.String("C", ".", "the root of the repository")
	check := flag.Bool("check", false, "write nothing, fail if a page is out of date")
	flag.Parse()
	if err := generate(*root, pages, *check, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "genref:", err)
		os.Exit(1)
	}
}

// generate brings the pages below root up to date or, with checkOnly, returns an
// error that names those that are not.
func generate(root string, pages []page, checkOnly bool, out io.Writer) error {
	var errs []error
	for _, p := range pages {
		name := filepath.Join(root, filepath.FromSlash(p.name))
		before, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			errs = append(errs, err)
			continue
		}
		after := p.text()
		switch {
		case err == nil && string(before) == after:
			fmt.Fprintf(out, "genref: %s is up to date\n", p.name)
		case checkOnly:
			errs = append(errs, fmt.Errorf("%s is out of date: go run ./tools/genref", p.name))
		default:
			errs = append(errs, write(name, after))
			fmt.Fprintf(out, "genref: wrote %s\n", p.name)
		}
	}
	return errors.Join(errs...)
}

// write writes a page, and makes its directory.
func write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o666)
}
