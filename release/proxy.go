package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// A proxy is a directory that the Go command takes for a module proxy.
type proxy struct{ dir string }

// add publishes one version. pack writes its zip, gomod is its go.mod file. The
// result is the hash of the zip as go.sum has it.
func (p proxy) add(v module.Version, gomod []byte, pack func(io.Writer) error) (string, error) {
	dir, err := p.versionsDir(v.Path)
	if err != nil {
		return "", err
	}
	// The time is part of no hash; the Go command only wants one.
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{v.Version, time.Unix(0, 0).UTC()})
	if err != nil {
		return "", err
	}
	for suffix, data := range map[string][]byte{".info": info, ".mod": gomod} {
		if err := os.WriteFile(filepath.Join(dir, v.Version+suffix), data, 0o666); err != nil {
			return "", err
		}
	}
	if err := appendLine(filepath.Join(dir, "list"), v.Version); err != nil {
		return "", err
	}
	name := filepath.Join(dir, v.Version+".zip")
	f, err := os.Create(name)
	if err != nil {
		return "", err
	}
	err = pack(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", fmt.Errorf("pack %s: %w", v, err)
	}
	return dirhash.HashZip(name, dirhash.Hash1)
}

// versionsDir is the directory with the versions of a module, made if need be.
func (p proxy) versionsDir(path string) (string, error) {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(p.dir, filepath.FromSlash(escaped), "@v")
	return dir, os.MkdirAll(dir, 0o777)
}

// unlist empties the list of a module's versions. They can still be had by name.
func (p proxy) unlist(path string) error {
	dir, err := p.versionsDir(path)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "list"), nil, 0o666)
}

// appendLine adds a line to a file, which need not exist.
func appendLine(name, line string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// diskFile is a file to be packed: zip.File for a name below a directory.
type diskFile struct{ dir, name string }

func (f diskFile) Path() string                 { return f.name }
func (f diskFile) Lstat() (os.FileInfo, error)  { return os.Lstat(filepath.Join(f.dir, f.name)) }
func (f diskFile) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(f.dir, f.name)) }

// packDir packs the named files below dir as the version v.
func packDir(w io.Writer, v module.Version, dir string, names []string) error {
	files := make([]zip.File, len(names))
	for i, name := range names {
		files[i] = diskFile{dir, name}
	}
	return zip.Create(w, v, files)
}
