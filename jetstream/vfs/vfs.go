package vfs

import (
	"errors"
	"io"
)

// FS is a file system. Names are paths with slashes. Errors are those of io/fs where
// there is one for the case. It is safe for concurrent use.
type FS interface {
	// Open opens a file that is there, for reading and writing.
	Open(name string) (File, error)
	// Create makes a file, or empties the one that is there.
	Create(name string) (File, error)
	// Rename gives a file or directory another name. A file that has it is replaced.
	Rename(from, to string) error
	// Remove removes a file or an empty directory.
	Remove(name string) error
	// RemoveAll removes a file or a directory with all that is in it, if it is there.
	RemoveAll(name string) error
	// List returns the names in a directory, sorted.
	List(dir string) ([]string, error)
	// MkdirAll makes a directory, and those that it is in. They are durable at once.
	MkdirAll(dir string) error
	// SyncDir makes what happened to the names in a directory durable.
	SyncDir(dir string) error
	// Lock makes a directory this process's own until unlock is called: the error is
	// ErrLocked if it is that of another one.
	Lock(dir string) (unlock func() error, err error)
}

// File is an open file. It is safe for concurrent use.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Size returns the length in bytes.
	Size() (int64, error)
	// Truncate changes the length.
	Truncate(size int64) error
	// Sync makes what was written durable. When it has failed once, nothing is known of
	// what was written before, and calling it again does not help.
	Sync() error
}

// Errors of a file system.
var (
	// ErrFull: the disk has no room left.
	ErrFull = errors.New("no space left on device")
	// ErrLocked: another process uses the directory.
	ErrLocked = errors.New("directory is in use by another process")
)
