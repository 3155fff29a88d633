package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// checkTexts holds every file that git has, or would take, against the texts
// table.
func (t *tree) checkTexts(r *report) error {
	names, err := gitFiles(t.root)
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(t.root, name))
		if os.IsNotExist(err) {
			continue // deleted, the deletion not committed yet
		}
		if err != nil {
			return err
		}
		if bytes.IndexByte(data, 0) >= 0 {
			continue // binary
		}
		checkText(name, data, r)
	}
	return nil
}

// checkText reports every line of one file that a text rule matches.
func checkText(name string, data []byte, r *report) {
	for i, line := range bytes.Split(data, []byte("\n")) {
		for _, rule := range texts {
			if m := rule.re.Find(line); m != nil {
				r.add(name, i+1, "text", "%q names %s", bytes.TrimSpace(m), rule.why)
			}
		}
	}
}

// gitFiles lists the files that are tracked or could be, relative to root.
func gitFiles(root string) ([]string, error) {
	cmd := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the files of the repository: %w", err)
	}
	return strings.FieldsFunc(string(out), func(c rune) bool { return c == 0 }), nil
}
