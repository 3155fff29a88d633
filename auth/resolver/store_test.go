package resolver

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What every store does.
func TestStores(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	a, first := w.account(nil)
	b, other := w.account(nil)
	second := w.encode(a, nil)
	files, err := OpenFiles(filepath.Join(t.TempDir(), "made"))
	must(t, err)
	for name, s := range map[string]Store{
		"memory": new(Memory),
		"disk":   newDir(t, &disk{files: map[string]string{}}, DirConfig{}),
		"files":  newDir(t, files, DirConfig{HardDelete: true}),
	} {
		if _, err := s.Load(a); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: an empty store has an account: %v", name, err)
		}
		if err := s.Save("../x", first); !errors.Is(err, ErrKey) {
			t.Errorf("%s: a key that is a path: %v", name, err)
		}
		must(t, s.Save(a, first))
		must(t, s.Save(b, other))
		must(t, s.Save(a, second))
		if got, err := s.Load(a); err != nil || got != second {
			t.Errorf("%s: %v", name, err)
		}
		keys, err := s.List()
		must(t, err)
		want := []string{a, b}
		if a > b {
			want = []string{b, a}
		}
		if diff := cmp.Diff(want, keys); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		must(t, s.Delete(a))
		must(t, s.Delete(a))
		if _, err := s.Load(a); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: a deleted account is there: %v", name, err)
		}
	}
}

// The power goes out between any two operations on files: each account has its old
// JWT or its new one afterwards, never anything else.
func TestPowerFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	a, old := w.account(nil)
	b, other := w.account(nil)
	next := w.encode(a, nil)
	for fail := 1; fail <= 5; fail++ {
		d := &disk{files: map[string]string{}}
		s := newDir(t, d, DirConfig{})
		must(t, s.Save(a, old))
		d.fail = d.ops + fail
		acked := map[string]string{a: old}
		if s.Save(a, next) == nil {
			acked[a] = next
		}
		if s.Save(b, other) == nil {
			acked[b] = other
		}
		if s.Delete(b) == nil {
			delete(acked, b)
		}
		d.fail = 0
		again := newDir(t, d, DirConfig{})
		got := map[string]string{}
		keys, err := again.List()
		must(t, err)
		for _, key := range keys {
			got[key], err = again.Load(key)
			must(t, err)
		}
		if diff := cmp.Diff(acked, got); diff != "" {
			t.Errorf("power out at operation %d: -acknowledged +found:\n%s", fail, diff)
		}
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	a, old := w.account(nil)
	d := &disk{files: map[string]string{}}
	s := newDir(t, d, DirConfig{})
	must(t, s.Save(a, old))
	d.full = true
	if err := s.Save(a, w.encode(a, nil)); !errors.Is(err, errNoRoom) {
		t.Errorf("saved on a full disk: %v", err)
	}
	if got, err := s.Load(a); err != nil || got != old {
		t.Errorf("what was there is lost: %v", err)
	}
	d.full = false
	must(t, s.Save(a, w.encode(a, nil)))
}

// A file that is damaged, or is another account's, is reported and not served; the
// others are.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	a, good := w.account(nil)
	b, _ := w.account(nil)
	c, token := w.account(nil)
	d := &disk{files: map[string]string{
		a + ".jwt": good + "\n", b + ".jwt": good, c + ".jwt": token[:len(token)-9], "notes.txt": "x", "UX.jwt": "x", a + ".jwt.deleted": good,
	}}
	reported := map[string]bool{}
	s := newDir(t, d, DirConfig{Damaged: func(file string, _ error) { reported[file] = true }})
	keys, err := s.List()
	must(t, err)
	if diff := cmp.Diff([]string{a}, keys); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{b + ".jwt": true, c + ".jwt": true}, reported); diff != "" {
		t.Errorf("reported: -want +got:\n%s", diff)
	}
	d.files[a+".jwt"] = "garbage" // while the server runs
	if _, err := s.Load(a); !errors.Is(err, ErrNotFound) {
		t.Errorf("garbage is served: %v", err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	at := &clock{time.Unix(1000, 0)}
	full := newDir(t, &disk{files: map[string]string{}}, DirConfig{Limit: 2})
	cache := newDir(t, &disk{files: map[string]string{}}, DirConfig{Limit: 2, Evict: true, TTL: time.Minute, Now: at.Now})
	var keys, tokens []string
	for range 3 {
		key, token := w.account(nil)
		keys, tokens = append(keys, key), append(tokens, token)
	}
	for i := range 2 {
		must(t, full.Save(keys[i], tokens[i]))
		must(t, cache.Save(keys[i], tokens[i]))
		at.now = at.now.Add(time.Second)
	}
	if err := full.Save(keys[2], tokens[2]); !errors.Is(err, ErrFull) || err.Error() != "jwt store is full" {
		t.Errorf("one too many: %v", err)
	}
	must(t, full.Save(keys[0], tokens[0])) // which is there already
	if _, err := cache.Load(keys[0]); err != nil {
		t.Fatal(err)
	}
	at.now = at.now.Add(time.Second)
	must(t, cache.Save(keys[2], tokens[2]))
	if _, err := cache.Load(keys[1]); !errors.Is(err, ErrNotFound) {
		t.Errorf("the one that was used longest ago is there: %v", err)
	}
	if _, err := cache.Load(keys[0]); err != nil {
		t.Errorf("one that was used is gone: %v", err)
	}
	at.now = at.now.Add(2 * time.Minute)
	if _, err := cache.Load(keys[0]); !errors.Is(err, ErrNotFound) {
		t.Errorf("an old one is good: %v", err)
	}
}

func TestFilesOfADirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	f, err := OpenFiles(dir)
	must(t, err)
	must(t, f.Replace("x", []byte("1")))
	must(t, f.Replace("x", []byte("2")))
	must(t, f.Rename("x", "y"))
	names, err := f.Names()
	must(t, err)
	if diff := cmp.Diff([]string{"y"}, names); diff != "" {
		t.Errorf("what is left behind: -want +got:\n%s", diff)
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "y"): 0o600} {
		info, err := os.Stat(name)
		must(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %v", name, got)
		}
	}
	if _, err := f.Read("x"); !isMissing(err) {
		t.Errorf("%v", err)
	}
	if _, err := OpenFiles(filepath.Join(dir, "y", "below")); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("a file is a directory: %v", err)
	}
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	var th Throttle
	now := time.Unix(1000, 0)
	must(t, th.Begin("A", now))
	must(t, th.Begin("B", now))
	if err := th.Begin("A", now.Add(pause/2)); !errors.Is(err, ErrTooSoon) {
		t.Errorf("too soon: %v", err)
	}
	must(t, th.Begin("A", now.Add(pause)))
	for i := range 2 * maxRemembered {
		_ = th.Begin(strings.Repeat("x", i%100)+string(rune('a'+i%26)), now.Add(time.Duration(i)*time.Microsecond))
	}
	if len(th.last) > maxRemembered {
		t.Errorf("%d accounts are remembered", len(th.last))
	}
}
