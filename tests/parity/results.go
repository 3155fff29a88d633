package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"strings"
)

// outcomes tells by "package test" what go test said: pass, fail or skip.
type outcomes map[string]string

// readResults reads the output of go test -json.
func readResults(file string) (outcomes, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	results := outcomes{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var event struct{ Action, Package, Test string }
		if !strings.HasPrefix(lines.Text(), "{") {
			continue // what the go command itself has to say
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		switch event.Action {
		case "pass", "fail", "skip":
			results[path.Base(event.Package)+" "+event.Test] = event.Action
		}
	}
	return results, lines.Err()
}

// judge marks the behaviours that hold: the test has passed, and so has every
// part of it; a part that was skipped proves nothing.
func (o outcomes) judge(s *Subsystem) {
	for _, topic := range s.Topics {
		for i := range topic.Behaviours {
			b := &topic.Behaviours[i]
			b.Holds = o[b.Test] == "pass"
			for test, outcome := range o {
				if outcome != "pass" && strings.HasPrefix(test, b.Test+"/") {
					b.Holds = false
				}
			}
		}
	}
}
