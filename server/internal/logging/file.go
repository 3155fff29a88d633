package logging

import (
	"fmt"
	"os"
	"time"
)

// file is a destination that appends to a file.
type file struct {
	path     string
	limit    int64 // bytes; 0 means no rotation
	maxFiles int   // 0 means all

	f        *os.File // nil while the file cannot be opened
	size     int64
	rotateAt int64     // size beyond which rotation is tried
	retryAt  time.Time // when opening is tried again
}

// reopenInterval keeps a file that cannot be opened from being tried anew for
// every line.
const reopenInterval = time.Second

func openFile(path string, limit int64, maxFiles int) (*file, error) {
	d := &file{path: path, limit: limit, maxFiles: maxFiles}
	if err := d.open(); err != nil {
		return nil, fmt.Errorf("error opening file: %w", err)
	}
	return d, nil
}

func (d *file) open() error {
	f, err := os.OpenFile(d.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	d.f, d.size, d.rotateAt = f, info.Size(), d.limit
	return nil
}

func (d *file) write(_ Level, line []byte) error {
	if err := d.ensureOpen(); err != nil {
		return err
	}
	n, err := d.f.Write(line)
	d.size += int64(n)
	return err
}

// ensureOpen opens the file again if that failed before, now and then.
func (d *file) ensureOpen() error {
	if d.f != nil {
		return nil
	}
	now := time.Now()
	if now.Before(d.retryAt) {
		return os.ErrClosed
	}
	d.retryAt = now.Add(reopenInterval)
	return d.open()
}

// maintain rotates the file once it is too large. The lines about that do not
// cause another rotation, however small the limit.
func (d *file) maintain() []string {
	if d.limit <= 0 || d.size <= d.rotateAt || d.f == nil {
		return nil
	}
	return d.rotate()
}

// reopen opens the file that has the name now. If it cannot, the old one stays.
func (d *file) reopen() error {
	old := d.f
	if err := d.open(); err != nil {
		return fmt.Errorf("error opening file: %w", err)
	}
	if old != nil {
		return old.Close()
	}
	return nil
}

func (d *file) close() error {
	if d.f == nil {
		return nil
	}
	err := d.f.Close()
	d.f = nil
	return err
}

func (d *file) String() string { return d.path }
