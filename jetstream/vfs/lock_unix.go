//go:build unix

package vfs

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Lock implements [FS].
func (osFS) Lock(dir string) (func() error, error) {
	f, err := os.OpenFile(filepath.Join(filepath.FromSlash(dir), "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, full(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, err
	}
	return f.Close, nil
}
