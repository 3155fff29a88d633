package config

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
