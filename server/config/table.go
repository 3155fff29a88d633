package config

import "slices"

// Type says what an option's value looks like in a file.
type Type string

// The types of options.
const (
	TypeBool     Type = "boolean"
	TypeInteger  Type = "integer"
	TypeSize     Type = "size"     // bytes: an integer, most often with a suffix such as MB
	TypeDuration Type = "duration" // a string such as "2m30s"; an integer is taken as seconds
	TypeSeconds  Type = "seconds"  // an integer, a float, or a duration string
	TypeString   Type = "string"
	TypeFile     Type = "file" // the path of a file or directory
	TypeStrings  Type = "strings"
	TypeNames    Type = "map" // of free keys to strings or booleans
	TypeAddress  Type = "address"
	TypeMixed    Type = "mixed" // several forms; the doc sentence tells them
	TypeSection  Type = "block" // a map with options of its own
	TypeSections Type = "blocks"
)

// Reload says what happens when an option differs after a reload.
type Reload uint8

// The reload rules.
const (
	// Fixed options need a restart: a reload that changes one is refused whole.
	Fixed Reload = iota
	// Live options apply at once.
	Live
	// Unwatched options have no value of their own to compare: they are another
	// way to write, or apply to, options that are compared.
	Unwatched
)

// String names the rule as the reference page does.
func (r Reload) String() string {
	switch r {
	case Live:
		return "yes"
	case Unwatched:
		return "-"
	default:
		return "restart"
	}
}

// Option is one row of the table of options.
type Option struct {
	Name    string   // in lower case, as keys are compared
	Aliases []string // other names for the same option
	Type    Type
	Default string // what leaving it out means, as it would be written
	// Min and Max bound TypeInteger and TypeSize options; both 0 means 0 and MaxInt32.
	Min, Max int64
	Values   []string // the words that are allowed, if there are only a few
	Reload   Reload
	Since    string // the version of this server that has it first
	Secret   bool   // the value must not be shown
	Feature  Feature
	Doc      string // one sentence, possibly two
	// Block describes what stands inside of a TypeSection or of each of TypeSections.
	Block *Block

	// label is what the reference server calls the option in its refusal of a
	// reload; operators search for that text.
	label string
	// over and under replace the messages for a value out of bounds; %s is the
	// option's name as written.
	over, under string
	// announce renders the log line of a reload, if it is not the common one.
	announce func(old, new string) string
	// off tells values that switch a feature off, so that they can be accepted
	// by a server that does not have it; nil means [isOff].
	off offFunc
	// bind connects the row to the value it sets; nil in a row that belongs to
	// a feature this version does not have.
	bind binding
}

// Names returns the name and the aliases.
func (o *Option) Names() []string {
	return append([]string{o.Name}, o.Aliases...)
}

// Block describes the inside of a map.
type Block struct {
	// Options may stand in the map by name.
	Options []Option
	// Named describes what every other key holds, in a map whose keys are
	// chosen by the user; nil means that other keys are mistakes.
	Named *Option

	// unknown is the message for a key that is no option; %q is the key.
	unknown string
	// mistyped replaces the message for a value of the wrong type, by type;
	// %s is the key.
	mistyped map[Type]string

	rows map[string]*Option // by name and alias
}

// Group is a part of the table that belongs together.
type Group struct {
	Title   string
	Options []Option
}

// Groups returns the table of all options that a configuration file may hold at
// its top level, with the inside of blocks nested. What it returns is shared
// and must not be changed.
func Groups() []Group { return groups }

// Table returns the rows of all groups.
func Table() []Option { return slices.Clone(root.Options) }

// groups is the table in the order in which options are decoded and compared.
var groups = []Group{
	{"Server", coreOptions()},
	{"Limits and timers", limitOptions()},
	{"Logging", logOptions()},
	{"Monitoring", monitorOptions()},
	{"Process", processOptions()},
	{"TLS", tlsOptions()},
	{"Accounts and users", append(operatorOptions(), accessOptions()...)},
	{"Links and other listeners", clusterOptions()},
	{"JetStream", jetStreamOptions()},
}

// root is the top level of a file.
var root = newRoot()

// newRoot joins the groups and completes their rows.
func newRoot() *Block {
	b := &Block{}
	for _, g := range groups {
		b.Options = append(b.Options, g.Options...)
	}
	b.index("")
	// The groups keep the completed rows.
	rest := b.Options
	for i := range groups {
		n := len(groups[i].Options)
		groups[i].Options, rest = rest[:n:n], rest[n:]
	}
	return b
}

// firstVersion is when the rows that do not say so were added.
const firstVersion = "0.1.0"

// index prepares a block and the blocks in it for look-ups. A row inherits the
// feature of the row around it.
func (b *Block) index(feature Feature) {
	b.rows = make(map[string]*Option, len(b.Options))
	for i := range b.Options {
		row := &b.Options[i]
		row.complete(feature)
		for _, name := range row.Names() {
			b.rows[name] = row
		}
	}
	if b.Named != nil {
		b.Named.complete(feature)
	}
}

// complete fills in what a row leaves out.
func (o *Option) complete(feature Feature) {
	if o.Feature == "" {
		o.Feature = feature
	}
	if o.Since == "" && o.Feature.Built() {
		o.Since = firstVersion
	}
	if o.Block != nil && o.Block.rows == nil {
		o.Block.index(o.Feature)
	}
}

// lookup finds the row for a key in lower case.
func (b *Block) lookup(key string) *Option {
	if row := b.rows[key]; row != nil {
		return row
	}
	return b.Named
}
