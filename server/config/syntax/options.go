package syntax

import (
	"io"
	"os"
	"path/filepath"
)

// Options tells [Parse] how to reach what is outside of the text and how much
// it may become. The zero value reaches nothing: no environment and no includes.
type Options struct {
	// Dir is the directory that include paths are relative to. An included
	// file's own includes are relative to its directory.
	Dir string
	// ReadFile returns the text of an included file; nil means that includes
	// fail. It is given more than MaxBytes only if it ignores the bound itself.
	ReadFile func(path string) ([]byte, error)
	// LookupEnv finds environment variables; nil means that there are none.
	LookupEnv func(name string) (string, bool)

	// MaxBytes bounds the text of all files together, counting the text behind
	// a variable again at each use; 0 means 32 MiB.
	MaxBytes int
	// MaxDepth bounds how deep maps and arrays nest; 0 means 100.
	MaxDepth int
	// MaxIncludeDepth bounds how deep files include files; 0 means 20.
	MaxIncludeDepth int
}

// withDefaults returns a copy with every zero bound filled in.
func (o Options) withDefaults() Options {
	if o.MaxBytes == 0 {
		o.MaxBytes = 32 << 20
	}
	if o.MaxDepth == 0 {
		o.MaxDepth = 100
	}
	if o.MaxIncludeDepth == 0 {
		o.MaxIncludeDepth = 20
	}
	if o.ReadFile == nil {
		o.ReadFile = func(path string) ([]byte, error) {
			return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
		}
	}
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	return o
}

// ParseFile parses the file at path with the process's environment, its
// includes being relative to its directory. Positions name the file as path
// does. The error is an [*Error], or an [*os.PathError] if the file itself
// cannot be read.
func ParseFile(path string) (*Map, error) {
	opts := Options{Dir: filepath.Dir(path), LookupEnv: os.LookupEnv}.withDefaults()
	opts.ReadFile = func(path string) ([]byte, error) { return readFile(path, opts.MaxBytes) }
	text, err := opts.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text, opts)
}

// readFile reads the file at path, or as much of it as shows that it has more
// than limit bytes.
func readFile(path string, limit int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(limit)+1))
}
