package resolver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
)

// DirConfig says how a [Dir] keeps JWTs.
type DirConfig struct {
	// Limit is how many accounts there may be; 0 means any number. Where Evict is
	// set the one that was used longest ago makes room, otherwise there is none.
	Limit int
	Evict bool
	// TTL is how long a JWT is good that was not saved again; 0 means for ever.
	TTL time.Duration
	// HardDelete removes files, which otherwise stay under another name.
	HardDelete bool
	// Now tells the time; Damaged is told of files that are no JWT of the account
	// that they are named after. Such a file is as good as absent.
	Now     func() time.Time
	Damaged func(file string, err error)
}

// Dir is a store of one file an account, ACCOUNT.jwt.
type Dir struct {
	files Files
	cfg   DirConfig

	mu   sync.Mutex
	used map[string]*use // guarded by mu; the accounts that there are
}

// use is when an account was last asked for and last saved.
type use struct{ asked, saved time.Time }

// suffix is that of files with a JWT, deleted what is added when one is deleted.
const (
	suffix  = ".jwt"
	deleted = ".deleted"
)

// NewDir returns the store of the JWTs in some files.
func NewDir(f Files, cfg DirConfig) (*Dir, error) {
	if cfg.Damaged == nil {
		cfg.Damaged = func(string, error) {}
	}
	d := &Dir{files: f, cfg: cfg, used: make(map[string]*use)}
	names, err := f.Names()
	if err != nil {
		return nil, err
	}
	now := cfg.Now()
	for _, name := range names {
		key, ok := strings.CutSuffix(name, suffix)
		if !ok || !nkeys.IsValidPublicAccountKey(key) {
			continue
		}
		if _, err := d.read(key); err == nil {
			d.used[key] = &use{now, now}
		}
	}
	return d, nil
}

// read returns the JWT in an account's file, if it is one.
func (d *Dir) read(account string) (string, error) {
	b, err := d.files.Read(account + suffix)
	if isMissing(err) {
		return "", ErrNotFound
	}
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(b))
	s, err := jwtauth.ParseStored(token)
	if err == nil && s.Key != account {
		err = fmt.Errorf("it is that of account %s", s.Key)
	}
	if err != nil {
		d.cfg.Damaged(account+suffix, err)
		return "", fmt.Errorf("%w: damaged file: %w", ErrNotFound, err)
	}
	return token, nil
}

// Load implements [Store].
func (d *Dir) Load(account string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.used[account]
	now := d.cfg.Now()
	if u == nil || d.cfg.TTL > 0 && now.Sub(u.saved) > d.cfg.TTL {
		return "", ErrNotFound
	}
	u.asked = now
	return d.read(account)
}

// Save implements [Store].
func (d *Dir) Save(account, token string) error {
	if !nkeys.IsValidPublicAccountKey(account) {
		return ErrKey
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.used[account] == nil && d.cfg.Limit > 0 && len(d.used) >= d.cfg.Limit {
		if !d.cfg.Evict {
			return ErrFull
		}
		if err := d.evict(); err != nil {
			return err
		}
	}
	if err := d.files.Replace(account+suffix, []byte(token)); err != nil {
		return err
	}
	now := d.cfg.Now()
	d.used[account] = &use{now, now}
	return nil
}

// evict removes the account that was used longest ago.
func (d *Dir) evict() error {
	oldest := ""
	for key, u := range d.used {
		if oldest == "" || u.asked.Before(d.used[oldest].asked) {
			oldest = key
		}
	}
	if err := d.files.Remove(oldest + suffix); err != nil && !isMissing(err) {
		return err
	}
	delete(d.used, oldest)
	return nil
}

// Delete implements [Store].
func (d *Dir) Delete(account string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.used[account] == nil {
		return nil
	}
	var err error
	if d.cfg.HardDelete {
		err = d.files.Remove(account + suffix)
	} else {
		err = d.files.Rename(account+suffix, account+suffix+deleted)
	}
	if err != nil && !isMissing(err) {
		return err
	}
	delete(d.used, account)
	return nil
}

// List implements [Store].
func (d *Dir) List() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	keys := make([]string, 0, len(d.used))
	for key := range d.used {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys, nil
}

// Errors of configured stores, in the words of configuration files.
var (
	ErrNoDir      = errors.New("dir has no value and needs to point to a directory")
	ErrHardDelete = errors.New("hard_delete has no effect without delete")
)
