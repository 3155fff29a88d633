package process

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// WritePID writes the number of this process, in decimal and without a
// newline, into a file that only its owner may write.
func WritePID(path string) error {
	return os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())), 0o600)
}

// Ports are the URLs that a server can be reached at.
type Ports struct {
	Nats       []string `json:"nats,omitempty"`
	Monitoring []string `json:"monitoring,omitempty"`
	Cluster    []string `json:"cluster,omitempty"`
	Profile    []string `json:"profile,omitempty"`
	WebSocket  []string `json:"websocket,omitempty"`
}

// PortsFile returns the path of this process's ports file in dir:
// <executable>_<pid>.ports.
func PortsFile(dir string) string {
	return filepath.Join(dir, fmt.Sprintf("%s_%d.ports", filepath.Base(os.Args[0]), os.Getpid()))
}

// WritePorts writes the ports file. It appears at once and whole: readers
// wait for it to know that the server is up.
func WritePorts(path string, p Ports) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, data, 0o644); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		os.Remove(tmp)
		return err
	}
	return nil
}
