//go:build !linux

package vfs

import "os"

func syncData(f *os.File) error { return f.Sync() }

// syncDir does what it can: not every system syncs directories.
func syncDir(d *os.File) error {
	_ = d.Sync()
	return nil
}
