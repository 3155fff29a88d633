package config

import "strings"

// redacted stands in for what must not be shown.
const redacted = "[REDACTED]"

// RedactArgs returns a copy of a command line, the program's name included, in
// which the values of secret flags are hidden.
func RedactArgs(args []string) []string {
	out := make([]string, len(args))
	copy(out, args)
	for i, arg := range out {
		name, hasDash := strings.CutPrefix(arg, "-")
		name, value, joined := strings.Cut(strings.TrimPrefix(name, "-"), "=")
		if !hasDash || !secretFlag(name) {
			continue
		}
		switch {
		case joined && value != "":
			out[i] = arg[:len(arg)-len(value)] + redacted
		case !joined && i+1 < len(out):
			out[i+1] = redacted
		}
	}
	return out
}

func secretFlag(name string) bool {
	for i := range flagTable {
		if !flagTable[i].Secret {
			continue
		}
		for _, n := range flagTable[i].Names {
			if n == name {
				return true
			}
		}
	}
	return false
}

// Setting is one option with its value as text.
type Setting struct {
	Name  string
	Value string // "[REDACTED]" for secret options
}

// Settings lists the options at the top level that have a value of their own,
// defaults filled in, in the order of the table and fit to be shown.
func (o *Options) Settings() []Setting {
	o = o.WithDefaults()
	var out []Setting
	for i := range root.Options {
		row := &root.Options[i]
		if row.bind == nil || row.Type == TypeAddress {
			continue
		}
		value := row.bind.text(o)
		if row.Secret {
			value = redacted
		}
		out = append(out, Setting{row.Name, value})
	}
	return out
}
