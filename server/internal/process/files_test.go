package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWritePID(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pid")
	for range 2 { // a file that is there is written over
		if err := WritePID(path); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != fmt.Sprint(os.Getpid()) {
			t.Errorf("got %q, %v", got, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("mode %v, %v: others may look at it", info.Mode(), err)
	}
	err = WritePID(filepath.Join(path, "below"))
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("below a file: %v", err)
	}
}

func TestWritePorts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := PortsFile(dir)
	if want := fmt.Sprintf("%s_%d.ports", filepath.Base(os.Args[0]), os.Getpid()); filepath.Base(path) != want || filepath.Dir(path) != dir {
		t.Errorf("the path is %s, want %s in %s", path, want, dir)
	}
	for _, tt := range []struct {
		ports Ports
		want  string
	}{
		{Ports{}, `{}`},
		{Ports{Nats: []string{"nats://127.0.0.1:4222"}}, `{"nats":["nats://127.0.0.1:4222"]}`},
		{
			Ports{Nats: []string{"a", "b"}, Monitoring: []string{"c"}, Cluster: []string{"d"}, Profile: []string{"e"}, WebSocket: []string{"f"}},
			`{"nats":["a","b"],"monitoring":["c"],"cluster":["d"],"profile":["e"],"websocket":["f"]}`,
		},
	} {
		if err := WritePorts(path, tt.ports); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != tt.want {
			t.Errorf("got %s, %v; want %s", got, err, tt.want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("the directory holds %v, %v; want the file alone", left, err)
	}
}

func TestWritePortsFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inTheWay := filepath.Join(dir, "x.ports")
	if err := os.MkdirAll(filepath.Join(inTheWay, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{inTheWay, filepath.Join(dir, "gone", "x.ports")} {
		if err := WritePorts(path, Ports{}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := os.Stat(path + ".tmp"); err == nil {
			t.Errorf("%s: half a file stays", path)
		}
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		scheme, host string
		want         []string
	}{
		{"nats", "127.0.0.1", []string{"nats://127.0.0.1:4222"}},
		{"http", "::1", []string{"http://[::1]:4222"}},
		{"ws", "example.com", []string{"ws://example.com:4222"}},
	} {
		if diff := cmp.Diff(tt.want, URLs(tt.scheme, tt.host, 4222)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestURLsOfAllAddressesBeginWithLoopback(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"0.0.0.0", "::"} {
		got := URLs("nats", host, 4222)
		if len(got) == 0 || got[0] != "nats://127.0.0.1:4222" && got[0] != "nats://[::1]:4222" {
			t.Errorf("%s: got %q", host, got)
		}
		for _, url := range got {
			if strings.Contains(url, "0.0.0.0") || strings.Contains(url, "[::]") || strings.Contains(url, "fe80") {
				t.Errorf("%s: %s is no address to connect to", host, url)
			}
		}
	}
}
