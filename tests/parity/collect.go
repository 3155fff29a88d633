package main

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/dunlin-mq/dunlin/tests/internal/script"
)

// Subsystem is a row of the table and a section of the page.
type Subsystem struct {
	Name   string
	Topics []Topic
}

// Topic is what one script file or test package is about.
type Topic struct {
	About      string
	Behaviours []Behaviour
}

// Behaviour is one scenario or test function.
type Behaviour struct {
	Name        string
	Test        string // package directory and test name, as go test reports them
	Exchanges   int
	Differences []string // names in compat.md
	Holds       bool
}

// planned are the subsystems of the reference that have no tests yet. A name
// leaves the list when its first test appears.
var planned = []string{
	"clustering", "gateways", "leaf nodes", "mqtt",
}

// notSubsystems are the packages whose tests are about the tests.
var notSubsystems = []string{"diff", "internal", "parity"}

// collect finds everything below the tests module, in lexical order.
func collect(root string) ([]Subsystem, error) {
	found, err := collectScripts(filepath.Join(root, "diff", "testdata"))
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !entry.IsDir() || slices.Contains(notSubsystems, entry.Name()) {
			continue
		}
		topic, err := collectPackage(filepath.Join(root, entry.Name()))
		if err != nil {
			return nil, err
		}
		if len(topic.Behaviours) > 0 {
			found[entry.Name()] = append(found[entry.Name()], topic)
		}
	}
	for _, name := range planned {
		if _, ok := found[name]; !ok {
			found[name] = nil
		}
	}
	var subsystems []Subsystem
	for name, topics := range found {
		subsystems = append(subsystems, Subsystem{Name: name, Topics: topics})
	}
	slices.SortFunc(subsystems, func(a, b Subsystem) int { return strings.Compare(a.Name, b.Name) })
	return subsystems, nil
}

// collectScripts maps subsystems to the topics of their script files.
func collectScripts(dir string) (map[string][]Topic, error) {
	files, err := script.Load(dir)
	if err != nil {
		return nil, err
	}
	found := map[string][]Topic{}
	for _, file := range files {
		topic := Topic{About: file.About}
		for _, scenario := range file.Scenarios {
			topic.Behaviours = append(topic.Behaviours, Behaviour{
				Name:        scenario.Name,
				Test:        "diff " + file.TestName(scenario),
				Exchanges:   scenario.Exchanges(),
				Differences: slices.Compact(slices.Sorted(slices.Values(scenario.Reasons()))),
			})
		}
		name, _, _ := strings.Cut(file.Topic(), "/")
		found[name] = append(found[name], topic)
	}
	return found, nil
}

// collectPackage lists the test functions of one package.
func collectPackage(dir string) (Topic, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return Topic{}, err
	}
	var topic Topic
	files := token.NewFileSet()
	for _, path := range paths {
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return Topic{}, err
		}
		if file.Doc != nil {
			topic.About = about(file.Doc.Text())
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Name.Name == "TestMain" || !strings.HasPrefix(f.Name.Name, "Test") || !strings.HasSuffix(path, "_test.go") {
				continue
			}
			topic.Behaviours = append(topic.Behaviours, Behaviour{
				Name: words(strings.TrimPrefix(f.Name.Name, "Test")),
				Test: filepath.Base(dir) + " " + f.Name.Name,
			})
		}
	}
	return topic, nil
}

// about makes a heading of a package comment.
func about(comment string) string {
	synopsis := new(doc.Package).Synopsis(comment)
	_, rest, ok := strings.Cut(synopsis, " holds tests ")
	if !ok {
		return synopsis
	}
	return "Tests " + rest
}

// words takes a camel-case name apart: TestPidFileOfTLSServer is "pid file of
// TLS server".
func words(name string) string {
	letters := []rune(name)
	var out []string
	start := 0
	for i := 1; i <= len(letters); i++ {
		end := i == len(letters)
		if !end {
			lowerThenUpper := !unicode.IsUpper(letters[i-1]) && unicode.IsUpper(letters[i])
			acronymEnds := unicode.IsUpper(letters[i-1]) && unicode.IsUpper(letters[i]) && i+1 < len(letters) && unicode.IsLower(letters[i+1])
			if !lowerThenUpper && !acronymEnds {
				continue
			}
		}
		word := string(letters[start:i])
		if word != strings.ToUpper(word) || len(word) == 1 {
			word = strings.ToLower(word)
		}
		out = append(out, word)
		start = i
	}
	return strings.Join(out, " ")
}
