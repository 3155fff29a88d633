package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// Action is what a command line asks for.
type Action uint8

// The actions, an asked-for later one giving way to an earlier one.
const (
	ActionRun     Action = iota // start a server
	ActionVersion               // print the version
	ActionHelp                  // print [Usage]
	ActionHelpTLS               // print [UsageTLS]
	ActionSignal                // send CommandLine.Signal
	ActionCheck                 // check the configuration file
)

// CommandLine is a parsed command line.
type CommandLine struct {
	Action Action
	Config string // path of the configuration file, or empty
	// Signal is the word after --signal, and SignalTarget the process id or pid
	// file behind its equals sign.
	Signal       string
	SignalTarget string

	asked    [ActionCheck + 1]bool
	settings []setting // in the order in which they were given
	tls      tlsFlags
	login    loginFlags
}

// setting is one option that a flag sets.
type setting struct {
	row   *Option
	value *syntax.Value
}

// UsageError is a command line that the flags do not allow. It is answered with
// the message on the standard error output and the usage on the standard one;
// for compatibility the exit status is 0.
type UsageError struct{ err error }

// Error says which flag is wrong, and why.
func (e *UsageError) Error() string { return e.err.Error() }

// ErrNoConfig is returned for -t without a file.
var ErrNoConfig = errors.New("must specify [-c, --config] option to check configuration file syntax")

// flagSetter takes the value of a flag into the command line.
type flagSetter func(c *CommandLine, f *Flag, v *syntax.Value) error

// ParseArgs reads the arguments of a command line, without the program's name.
// Flags follow the rules of package flag; the first other argument is a word,
// of which version and help are known. The error is a [*UsageError] if the
// flags cannot be read, and of another type if they cannot be used.
func ParseArgs(args []string) (*CommandLine, error) {
	c := &CommandLine{}
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	var unusable []error
	for i := range flagTable {
		v := &flagValue{flag: &flagTable[i], command: c, unusable: &unusable}
		for _, name := range v.flag.Names {
			set.Var(named{v, name}, name, "")
		}
	}
	if err := set.Parse(args); err != nil {
		return nil, &UsageError{err}
	}
	if set.NArg() > 0 {
		switch word := set.Arg(0); strings.ToLower(word) {
		case "version":
			c.asked[ActionVersion] = true
		case "help":
			c.asked[ActionHelp] = true
		default:
			return nil, fmt.Errorf("unrecognized command: %q", word)
		}
	}
	c.Action = c.first()
	switch {
	case c.Action == ActionVersion || c.Action == ActionHelp || c.Action == ActionHelpTLS:
		return c, nil
	case len(unusable) > 0:
		return nil, errors.Join(unusable...)
	case c.Action == ActionCheck && c.Config == "":
		return nil, ErrNoConfig
	}
	return c, nil
}

// first returns the action that wins among those asked for.
func (c *CommandLine) first() Action {
	for a := ActionVersion; a <= ActionCheck; a++ {
		if c.asked[a] {
			return a
		}
	}
	return ActionRun
}

// flagValue makes a row of the flag table a [flag.Value].
type flagValue struct {
	flag     *Flag
	command  *CommandLine
	unusable *[]error
}

// named is a flagValue under one of its names.
type named struct {
	*flagValue
	name string
}

// String is part of [flag.Value].
func (named) String() string { return "" }

// IsBoolFlag lets a flag stand without a value.
func (n named) IsBoolFlag() bool { return n.flag.Type == TypeBool }

// Set takes the text of the flag's value. What it returns becomes part of a
// usage error; values that are well-formed but of no use are noted instead.
func (n named) Set(text string) error {
	v, err := parseFlag(n.flag.Type, text)
	if err != nil {
		return err
	}
	switch {
	case !n.flag.Feature.Built():
		if !isOff(v) {
			*n.unusable = append(*n.unusable, fmt.Errorf(notBuilt, flagName(n.name)))
		}
	case n.flag.set != nil:
		if err := n.flag.set(n.command, n.flag, v); err != nil {
			*n.unusable = append(*n.unusable, err)
		}
	default:
		if err := n.command.add(n.flag.Option, v); err != nil {
			*n.unusable = append(*n.unusable, err)
		}
	}
	return nil
}

// flagName writes a flag the way that people write it: with one dash in front
// of bundled letters, with two in front of a word.
func flagName(name string) string {
	if len(name) <= 2 || name == strings.ToUpper(name) {
		return "-" + name
	}
	return "--" + name
}

// Errors in the words of package flag.
var (
	errFlagParse = errors.New("parse error")
	errFlagRange = errors.New("value out of range")
)

// parseFlag reads the text of a flag as a value of the configuration language.
func parseFlag(t Type, text string) (*syntax.Value, error) {
	switch t {
	case TypeBool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errFlagParse
		}
		return &syntax.Value{Kind: syntax.KindBool, Bool: b}, nil
	case TypeInteger, TypeSize:
		n, err := strconv.ParseInt(text, 0, 64)
		switch {
		case errors.Is(err, strconv.ErrRange) || t == TypeInteger && int64(int(n)) != n:
			return nil, errFlagRange
		case err != nil:
			return nil, errFlagParse
		}
		return &syntax.Value{Kind: syntax.KindInt, Int: n}, nil
	default:
		return &syntax.Value{Kind: syntax.KindString, Str: text}, nil
	}
}

// add notes that an option is set, after trying it.
func (c *CommandLine) add(option string, v *syntax.Value) error {
	s := setting{root.rows[option], v}
	if err := s.apply(&Options{}); err != nil {
		return err
	}
	c.settings = append(c.settings, s)
	return nil
}

// apply sets the option.
func (s setting) apply(o *Options) error {
	d := newDecoder()
	s.row.bind.decode(&cursor{decoder: d, row: s.row, block: root, key: s.row.Name}, o, s.value)
	return d.err()
}

// Apply sets in o what the flags say, over whatever is there: at start and at
// every reload. It fails if certificates that flags name cannot be loaded; o is
// of no use then.
func (c *CommandLine) Apply(o *Options) error {
	for _, s := range c.settings {
		if err := s.apply(o); err != nil {
			return err
		}
	}
	c.login.apply(o)
	return c.tls.apply(o)
}

// Load reads the configuration file, if there is one, puts the flags over it
// and validates the result. The warnings are those about the file.
func (c *CommandLine) Load() (*Options, []Problem, error) {
	o, warnings := &Options{}, []Problem(nil)
	if c.Config != "" {
		var err error
		if o, warnings, err = Load(c.Config); err != nil {
			return nil, nil, err
		}
	}
	if err := c.Apply(o); err != nil {
		return nil, warnings, err
	}
	if err := o.Validate(); err != nil {
		return nil, warnings, err
	}
	return o, warnings, nil
}

func setConfig(c *CommandLine, _ *Flag, v *syntax.Value) error {
	c.Config = v.Str
	return nil
}

func setAction(a Action) flagSetter {
	return func(c *CommandLine, _ *Flag, v *syntax.Value) error {
		c.asked[a] = v.Bool
		return nil
	}
}

// setAll sets several boolean options with one flag.
func setAll(options ...string) flagSetter {
	return func(c *CommandLine, _ *Flag, v *syntax.Value) error {
		for _, name := range options {
			if err := c.add(name, v); err != nil {
				return err
			}
		}
		return nil
	}
}

// setSignal splits the word from the process. An empty word asks for nothing.
func setSignal(c *CommandLine, _ *Flag, v *syntax.Value) error {
	parts := strings.Split(v.Str, "=")
	if len(parts) > 2 {
		return fmt.Errorf("invalid signal parameters: %v", parts[2:])
	}
	c.Signal, c.SignalTarget = parts[0], strings.Join(parts[1:], "")
	c.asked[ActionSignal] = v.Str != ""
	return nil
}
