package resolver

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func pair(t testing.TB, create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
	t.Helper()
	kp, err := create()
	must(t, err)
	key, err := kp.PublicKey()
	must(t, err)
	return kp, key
}

// world is an operator who signs accounts.
type world struct {
	t    testing.TB
	keys nkeys.KeyPair
	key  string
	ops  *jwtauth.Operators
}

func newWorld(t testing.TB, edit func(*jwt.OperatorClaims)) *world {
	t.Helper()
	w := &world{t: t}
	w.keys, w.key = pair(t, nkeys.CreateOperator)
	c := jwt.NewOperatorClaims(w.key)
	if edit != nil {
		edit(c)
	}
	token, err := c.Encode(w.keys)
	must(t, err)
	op, err := jwtauth.ParseOperator([]byte(token))
	must(t, err)
	w.ops, err = jwtauth.NewOperators([]*jwtauth.Operator{op}, nil)
	must(t, err)
	return w
}

// account returns the key and the JWT of a new account.
func (w *world) account(edit func(*jwt.AccountClaims)) (key, token string) {
	w.t.Helper()
	_, key = pair(w.t, nkeys.CreateAccount)
	return key, w.encode(key, edit)
}

func (w *world) encode(key string, edit func(*jwt.AccountClaims)) string {
	w.t.Helper()
	c := jwt.NewAccountClaims(key)
	if edit != nil {
		edit(c)
	}
	token, err := c.Encode(w.keys)
	must(w.t, err)
	return token
}

// disk is a file system in memory. Operation number fail, counted from 1, does not
// happen, and neither does any after it: the power is out.
type disk struct {
	files map[string]string
	ops   int
	fail  int
	full  bool // there is no room for anything new
}

var errPower, errNoRoom = errors.New("no power"), errors.New("no space left on device")

func (d *disk) step() error {
	if d.ops++; d.fail > 0 && d.ops >= d.fail {
		return errPower
	}
	return nil
}

func (d *disk) Read(name string) ([]byte, error) {
	s, ok := d.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(s), nil
}

func (d *disk) Replace(name string, data []byte) error {
	if d.full {
		return errNoRoom
	}
	if err := d.step(); err != nil {
		return err
	}
	d.files[name] = string(data)
	return nil
}

func (d *disk) Rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	s, ok := d.files[from]
	if !ok {
		return fs.ErrNotExist
	}
	delete(d.files, from)
	d.files[to] = s
	return nil
}

func (d *disk) Remove(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	delete(d.files, name)
	return nil
}

func (d *disk) Names() ([]string, error) {
	var names []string
	for name := range d.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// clock is a time that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newDir(t testing.TB, f Files, cfg DirConfig) *Dir {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	d, err := NewDir(f, cfg)
	must(t, err)
	return d
}
