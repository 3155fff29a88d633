package script

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// File is one script file.
type File struct {
	Path      string
	About     string // the comment at the top
	Scenarios []Scenario
	Files     map[string]string // files for the server's folder
}

// Scenario is a conversation with a server of its own.
type Scenario struct {
	Name  string
	Steps []Step
}

// Step is one line of a scenario.
type Step struct {
	Line   int
	Only   string // name of the only program it holds for, or empty
	Reason string // why, when Only is set
	Client string // the client it concerns, or empty
	Op     Op
	Text   string // escapes resolved, for Send and the Expect operations
	Args   []string
}

// Op is what a step does.
type Op string

// The operations.
const (
	Connect   Op = "connect"
	StartTLS  Op = "starttls"
	Close     Op = "close"
	HalfClose Op = "halfclose"
	Send      Op = ">"
	Cut       Op = "cut"
	Expect    Op = "<"
	Match     Op = "<~"
	AnyOrder  Op = "<|"
	Info      Op = "<info"
	JSON      Op = "<json"
	Sync      Op = "sync"
	EOF       Op = "eof"
	Reason    Op = "reason"

	SendHTTP    Op = ">http"
	ExpectHTTP  Op = "<http"
	SendFrame   Op = ">frame"
	SendClose   Op = ">close"
	SendRaw     Op = ">raw"
	ExpectFrame Op = "<frame"
	MatchFrame  Op = "<frame~"
	ExpectClose Op = "<close"
	MatchClose  Op = "<close~"
	MaybeClose  Op = "<close?"
	Frames      Op = "frames"
	Drain       Op = "drain"
	Chop        Op = "chop"
	Unreachable Op = "unreachable"

	TCP    Op = "tcp"
	Config Op = "config"
	Args   Op = "args"
	Reload Op = "reload"
	Refuse Op = "refuse"
	Signal Op = "signal"
	Exit   Op = "exit"
	Log    Op = "log"
	Get    Op = "get"
)

// Expects reports whether the operation looks at an answer.
func (o Op) Expects() bool {
	switch o {
	case Expect, Match, AnyOrder, Info, JSON, Sync, EOF, Reason, Exit, Log, Get,
		ExpectHTTP, ExpectFrame, MatchFrame, ExpectClose, MatchClose, MaybeClose, Frames, Drain, Unreachable:
		return true
	}
	return false
}

// Sends reports whether the operation sends bytes of its own, which go out in
// one write with those of its neighbours.
func (o Op) Sends() bool {
	switch o {
	case Send, SendHTTP, SendFrame, SendClose, SendRaw:
		return true
	}
	return false
}

// Exchanges counts the groups of actions that are followed by a look at the
// answer.
func (s Scenario) Exchanges() int {
	n, acted := 0, false
	for _, step := range s.Steps {
		switch {
		case step.Op == TCP || step.Op == Config || step.Op == Args:
		case !step.Op.Expects():
			acted = true
		case acted:
			n, acted = n+1, false
		}
	}
	return n
}

// Reasons lists the deliberate differences that the scenario relies on.
func (s Scenario) Reasons() []string {
	var reasons []string
	for _, step := range s.Steps {
		if step.Reason != "" {
			reasons = append(reasons, step.Reason)
		}
	}
	return reasons
}

// Load reads all script files below dir, in lexical order.
func Load(dir string) ([]*File, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.txt"))
	if err != nil {
		return nil, err
	}
	var files []*File
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := Parse(path, string(text))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// Topic is the file's place in the collection: subsystem/topic.
func (f *File) Topic() string {
	dir, name := filepath.Split(f.Path)
	return filepath.Base(dir) + "/" + strings.TrimSuffix(name, ".txt")
}

// TestName is the name under which a test runs the scenario, below its own:
// TestScripts/subsystem/topic/scenario.
func (f *File) TestName(s Scenario) string {
	name := strings.NewReplacer("/", "|", " ", "_").Replace(s.Name)
	return "TestScripts/" + f.Topic() + "/" + name
}

var fileMarker = regexp.MustCompile(`^-- ([\w.-]+) --$`)

// Parse reads one script file; path is only for messages.
func Parse(path, text string) (*File, error) {
	f := &File{Path: path, Files: map[string]string{}}
	var inFile string
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		fail := func(err error) (*File, error) { return nil, fmt.Errorf("%s:%d: %w", path, i+1, err) }
		if m := fileMarker.FindStringSubmatch(line); m != nil {
			inFile = m[1]
			f.Files[inFile] = ""
			continue
		}
		name, isHeading := strings.CutPrefix(line, "=== ")
		switch {
		case inFile != "":
			f.Files[inFile] += line + "\n"
		case isHeading:
			f.Scenarios = append(f.Scenarios, Scenario{Name: name})
		case strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "#"):
			if len(f.Scenarios) == 0 {
				f.About = strings.TrimSpace(f.About + " " + strings.TrimSpace(line[1:]))
			}
		case len(f.Scenarios) == 0:
			return fail(fmt.Errorf("step before the first === line"))
		default:
			step, err := parseStep(line)
			if err != nil {
				return fail(err)
			}
			step.Line = i + 1
			s := &f.Scenarios[len(f.Scenarios)-1]
			s.Steps = append(s.Steps, step)
		}
	}
	if len(f.Scenarios) == 0 {
		return nil, fmt.Errorf("%s: no scenario", path)
	}
	return f, nil
}
