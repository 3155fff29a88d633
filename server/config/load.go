package config

import (
	"errors"
	"strings"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// Load reads the file at path. The options it returns are what the file says:
// [Options.WithDefaults] and [Options.Validate] are the caller's next steps. The
// warnings do not keep a server from starting. The error is an [*Error] if the
// file could be read.
func Load(path string) (*Options, []Problem, error) {
	tree, err := syntax.ParseFile(path)
	if err != nil {
		return nil, nil, syntaxError(err)
	}
	return newDecoder().options(path, tree)
}

// Parse reads text, which is called name in messages. It knows no environment
// and includes no other files; certificates are loaded from where it says.
func Parse(name string, text []byte) (*Options, []Problem, error) {
	return newDecoder().parse(name, text)
}

func (d *decoder) parse(name string, text []byte) (*Options, []Problem, error) {
	tree, err := syntax.Parse(name, text, syntax.Options{})
	if err != nil {
		return nil, nil, syntaxError(err)
	}
	return d.options(name, tree)
}

// Check reads the file at path like [Load], but takes every warning for an
// error. It returns the digest of a good file.
func Check(path string) (digest string, err error) {
	o, warnings, err := Load(path)
	if err != nil {
		return "", err
	}
	if len(warnings) > 0 {
		return "", &Error{Problems: warnings}
	}
	return o.Digest, nil
}

// options decodes a whole file.
func (d *decoder) options(name string, tree *syntax.Map) (*Options, []Problem, error) {
	o := &Options{File: name, Digest: syntax.Digest(tree)}
	if tree.Len() == 0 {
		d.warnf(syntax.Pos{File: name}, "config has no values or is empty")
	}
	d.decodeMap(root, tree, o)
	if !d.failed {
		d.checkAccess(tree, o)
	}
	if err := d.err(); err != nil {
		return nil, nil, err
	}
	return o, d.sorted(), nil
}

// checkAccess reports what users and accounts contradict in each other.
func (d *decoder) checkAccess(tree *syntax.Map, o *Options) {
	for _, p := range o.accessProblems() {
		at := p.Pos
		if at.Line == 0 {
			at = keyPos(tree, "accounts", "authorization")
		}
		d.errorf(at, "%s", p.Message)
	}
}

// syntaxError turns what package syntax reports into an [*Error]; a file that
// cannot be read is an error of its own kind.
func syntaxError(err error) error {
	var at *syntax.Error
	if !errors.As(err, &at) {
		return err
	}
	p := Problem{Pos: at.Pos, Message: at.Msg}
	if strings.Contains(at.Msg, at.Pos.String()) {
		p.Pos = syntax.Pos{} // the message names the place itself
	}
	return &Error{Problems: []Problem{p}}
}
