package syntax

import (
	"fmt"
	"slices"
)

// variable resolves $name, written at pos: the last entry so far with that very
// key in the innermost map that has one, else the environment.
func (p *parser) variable(name string, pos Pos) (*Value, *Error) {
	for i := len(p.scopes) - 1; i >= 0; i-- {
		s := p.scopes[i]
		at, ok := s.last[name]
		if !ok {
			continue
		}
		e := &s.m.Entries[at]
		e.UsedAsVariable = true
		return e.Value, p.share(e.Value, pos)
	}
	text, ok := p.run.opts.LookupEnv(name)
	if !ok || name == "" {
		return nil, failValue(pos, "variable reference for '%s' on line %d can not be found", name, pos.Line)
	}
	v, err := p.run.environment(name, text, pos)
	if err != nil {
		return nil, &Error{
			Pos: pos,
			Msg: fmt.Sprintf("variable reference for '%s' on line %d could not be parsed: %s", name, pos.Line, err.Msg),
			Err: err,
		}
	}
	return v, p.share(v, pos)
}

// share pays for the use of a value that exists already: whoever walks the
// tree meets it once more, so a few lines of variables in variables could
// otherwise make a tree of any size or depth.
func (p *parser) share(v *Value, pos Pos) *Error {
	size := weigh(v, p.run.bytes)
	if err := p.run.spend(size.bytes, pos); err != nil {
		return err
	}
	if p.depth+size.depth > p.run.opts.MaxDepth {
		return limitError(pos, "configuration nests deeper than %d levels", p.run.opts.MaxDepth)
	}
	return nil
}

// weight is what a value costs whoever walks over it.
type weight struct {
	bytes int // about what the value would take when written out
	depth int
}

// weigh walks over a value, giving up once it is heavier than limit.
func weigh(v *Value, limit int) weight {
	w := weight{bytes: 1 + len(v.Str)}
	add := func(child *Value) {
		c := weigh(child, limit-w.bytes)
		w.bytes += c.bytes
		w.depth = max(w.depth, c.depth)
	}
	switch v.Kind {
	case KindMap:
		for i := 0; i < len(v.Map.Entries) && w.bytes <= limit; i++ {
			w.bytes += len(v.Map.Entries[i].Key)
			add(v.Map.Entries[i].Value)
		}
		w.depth++
	case KindArray:
		for i := 0; i < len(v.Array) && w.bytes <= limit; i++ {
			add(v.Array[i])
		}
		w.depth++
	}
	return w
}

// environmentKey is what a variable's text is the value of while it is parsed.
const environmentKey = "pk"

// environment parses the text of an environment variable as a value, so that it
// has a type and may refer to other variables.
func (r *run) environment(name, text string, pos Pos) (*Value, *Error) {
	if slices.Contains(r.resolving, name) {
		return nil, failValue(pos, "variable reference cycle for '%s'", name)
	}
	if len(r.resolving) >= r.opts.MaxIncludeDepth {
		return nil, limitError(pos, "variables refer to variables more than %d levels deep", r.opts.MaxIncludeDepth)
	}
	r.resolving = append(r.resolving, name)
	defer func() { r.resolving = r.resolving[:len(r.resolving)-1] }()

	const prefix = environmentKey + "="
	m, err := r.parse(source{name: "$" + name, dir: r.opts.Dir, text: []byte(prefix + text), prefix: len(prefix)})
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(m.Entries) {
		if e.Key == environmentKey {
			return e.Value, nil
		}
	}
	return nil, failValue(pos, "variable reference for '%s' has no value", name)
}
