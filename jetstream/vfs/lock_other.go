//go:build !unix

package vfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Lock implements [FS]. A process that ends without unlocking leaves a file behind
// that has its number in it; whoever is sure removes it.
func (osFS) Lock(dir string) (func() error, error) {
	name := filepath.Join(filepath.FromSlash(dir), "lock")
	_ = os.Remove(name) // where files that are open cannot be removed, it is locked
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, full(err)
	}
	return func() error { return errors.Join(f.Close(), os.Remove(name)) }, nil
}
