package logging

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// backupTime is what is appended to the name of a rotated file. Sorting names
// sorts by age.
const backupTime = "2006.01.02.15.04.05.000000000"

// rotate renames the file, begins a new one and removes the oldest backups. It
// returns what it did or could not do.
func (d *file) rotate() (notices []string) {
	note := func(format string, args ...any) { notices = append(notices, fmt.Sprintf(format, args...)) }
	// Some systems do not rename an open file.
	if err := d.close(); err != nil {
		note("Unable to close log file: %v", err)
	}
	backup, err := rename(d.path, time.Now())
	if openErr := d.open(); openErr != nil {
		note("Unable to open log file: %v", openErr)
	}
	if err != nil {
		// It would fail after the next line, too.
		d.rotateAt = d.size + d.limit
		note("Unable to rotate log file: %v", err)
		return notices
	}
	note("Rotated log, backup saved as %q", backup)
	if d.maxFiles > 0 {
		d.purge(note)
	}
	return notices
}

// purge removes backups until there are at most maxFiles files.
func (d *file) purge(note func(format string, args ...any)) {
	old, err := backups(d.path)
	if err != nil {
		note("Unable to list log files: %v", err)
		return
	}
	for ; len(old) > 0 && len(old)+1 > d.maxFiles; old = old[1:] {
		if err := os.Remove(old[0]); err != nil {
			note("Unable to remove log file: %v", err)
			continue
		}
		note("Purged log file %q", old[0])
	}
}

// rename gives the file a name with the time in it that no file has yet.
func rename(path string, now time.Time) (string, error) {
	for ; ; now = now.Add(1) {
		backup := path + "." + now.Format(backupTime)
		if _, err := os.Lstat(backup); err == nil {
			continue
		}
		return backup, os.Rename(path, backup)
	}
}

// backups returns the rotated files of path, oldest first. Other files whose
// names merely begin in the same way are not among them.
func backups(path string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		suffix, ok := strings.CutPrefix(e.Name(), filepath.Base(path)+".")
		if !ok || !e.Type().IsRegular() {
			continue
		}
		if _, err := time.Parse(backupTime, suffix); err == nil {
			found = append(found, path+"."+suffix)
		}
	}
	slices.Sort(found)
	return found, nil
}
