package resolver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Files is what a [Dir] needs of a file system; names have no directory. A test
// puts one in its place that fails, or loses power.
type Files interface {
	Read(name string) ([]byte, error)
	// Replace writes a file so that whatever happens either the old content is
	// there or the new one, and the new one once it has returned.
	Replace(name string, data []byte) error
	Rename(from, to string) error
	Remove(name string) error
	// Names returns the names of all files.
	Names() ([]string, error)
}

// OpenFiles returns the files of a directory, which is made if it is not there.
func OpenFiles(dir string) (Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return folder(dir), nil
}

// folder is a directory of the system.
type folder string

// Read implements [Files].
func (f folder) Read(name string) ([]byte, error) { return os.ReadFile(filepath.Join(string(f), name)) }

// Replace implements [Files].
func (f folder) Replace(name string, data []byte) (err error) {
	tmp, err := os.CreateTemp(string(f), ".new-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name()))
		}
	}()
	if _, err = tmp.Write(data); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), filepath.Join(string(f), name)); err != nil {
		return err
	}
	return errors.Join(tmp.Close(), f.sync())
}

// Rename implements [Files].
func (f folder) Rename(from, to string) error {
	if err := os.Rename(filepath.Join(string(f), from), filepath.Join(string(f), to)); err != nil {
		return err
	}
	return f.sync()
}

// Remove implements [Files].
func (f folder) Remove(name string) error {
	if err := os.Remove(filepath.Join(string(f), name)); err != nil {
		return err
	}
	return f.sync()
}

// sync makes renames last, where directories can be synced.
func (f folder) sync() error {
	d, err := os.Open(string(f))
	if err != nil {
		return err
	}
	_ = d.Sync() // some systems cannot
	return d.Close()
}

// Names implements [Files].
func (f folder) Names() ([]string, error) {
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// isMissing reports whether an error says that there is no such file.
func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
