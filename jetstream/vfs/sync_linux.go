package vfs

import (
	"errors"
	"os"
	"syscall"
)

// syncData syncs a file without what nobody needs to read it back.
func syncData(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func syncDir(d *os.File) error { return d.Sync() }
