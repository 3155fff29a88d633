package browser

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMain(m *testing.M) { proc.Main(m) }

// patience is how long a test waits for the browser: it starts seven
// processes on machines that are busy with other tests.
const patience = 2 * proc.Patience

// shared is the browser of the tests that run now: the first starts it, the
// last ends it.
var shared struct {
	sync.Mutex
	users   int
	browser *browser
}

// openPage returns a page whose origin is http://127.0.0.1 with some port. All
// tests share it.
func openPage(t *testing.T) *page {
	t.Helper()
	if testing.Short() {
		t.Skip("no browser under -short: it takes long to start, and shows no races of Go programs")
	}
	program, err := browserPath()
	need(t, err)
	module, err := clientModule()
	need(t, err)

	shared.Lock()
	defer shared.Unlock()
	if shared.users == 0 {
		b, err := startBrowser(program, module)
		if err != nil {
			t.Fatal(err)
		}
		shared.browser = b
	}
	shared.users++
	b := shared.browser
	t.Cleanup(func() {
		shared.Lock()
		defer shared.Unlock()
		if t.Failed() {
			t.Logf("end of the browser's log:\n%s", b.tail())
		}
		if shared.users--; shared.users == 0 {
			b.stop()
		}
	})
	return &page{site: b.site, origin: b.site.origin}
}

// need skips the test if something cannot be had, but not where CI is set:
// there this test would be forgotten.
func need(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// browser is a running Chromium that shows the site's page.
type browser struct {
	site   *site
	cmd    *exec.Cmd
	folder string // all that it writes
	cancel context.CancelFunc
	ended  chan struct{} // closed when no process is left

	mu  sync.Mutex
	log bytes.Buffer
}

// startBrowser returns when the page takes calls.
func startBrowser(program, module string) (*browser, error) {
	folder, err := os.MkdirTemp("", "dunlin-browser-")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	b := &browser{site: newSite(module), folder: folder, cancel: cancel, ended: make(chan struct{})}
	b.cmd = exec.CommandContext(ctx, program, append(flags(folder), b.site.origin+"/")...)
	b.cmd.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "XDG_CACHE_HOME="+folder, "TMPDIR="+folder)
	b.cmd.Stderr = b // kept open by its other processes, so Wait waits for them too
	b.cmd.SysProcAttr = dieWithParent()
	b.cmd.Cancel = func() error { return b.cmd.Process.Signal(syscall.SIGTERM) }
	b.cmd.WaitDelay = 10 * time.Second
	if err := b.cmd.Start(); err != nil {
		close(b.ended)
		b.stop()
		return nil, err
	}
	go func() {
		defer close(b.ended)
		b.cmd.Wait()
	}()
	select {
	case <-b.site.asked:
		return b, nil
	case <-b.ended:
		err = errors.New("the browser ended at once")
	case <-time.After(patience):
		err = errors.New("the browser did not show the page")
	}
	b.stop()
	return nil, fmt.Errorf("%w\n%s", err, b.tail())
}

func flags(folder string) []string {
	return []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-extensions", "--enable-logging=stderr",
		"--user-data-dir=" + filepath.Join(folder, "profile"),
		"--ignore-certificate-errors-spki-list=" + fingerprint(),
	}
}

// fingerprint names the one key that the browser is to trust.
func fingerprint() string {
	sum := sha256.Sum256(serverPair().Leaf.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// stop ends the browser and what belongs to it.
func (b *browser) stop() {
	b.cancel()
	<-b.ended
	b.site.close()
	os.RemoveAll(b.folder)
}

// Write takes what the browser logs.
func (b *browser) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

// tail returns the end of the log without the complaints about what a
// container lacks.
func (b *browser) tail() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var lines []string
	for line := range strings.Lines(b.log.String()) {
		if !strings.Contains(line, "dbus") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-20):], "")
}
