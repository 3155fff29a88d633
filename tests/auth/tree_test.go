package auth

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMain(m *testing.M) { proc.Main(m) }

// must fails the test on an error of a step that is not what it is about.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pair makes a key pair.
func pair(t testing.TB, create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
	t.Helper()
	kp, err := create()
	must(t, err)
	key, err := kp.PublicKey()
	must(t, err)
	return kp, key
}

// tree is an operator with a system account.
type tree struct {
	t        testing.TB
	keys     nkeys.KeyPair
	operator string // JWT
	system   *tenant
}

// tenant is an account of a tree.
type tenant struct {
	tree   *tree
	keys   nkeys.KeyPair
	key    string
	claims *jwt.AccountClaims
}

// user is a user of an account.
type user struct {
	keys nkeys.KeyPair
	key  string
	jwt  string
}

func newTree(t testing.TB, edit func(*jwt.OperatorClaims)) *tree {
	t.Helper()
	tr := &tree{t: t}
	var key string
	tr.keys, key = pair(t, nkeys.CreateOperator)
	tr.system = tr.tenant("SYS")
	c := jwt.NewOperatorClaims(key)
	c.Name, c.SystemAccount = "O", tr.system.key
	if edit != nil {
		edit(c)
	}
	token, err := c.Encode(tr.keys)
	must(t, err)
	tr.operator = token
	return tr
}

// tenant makes an account.
func (tr *tree) tenant(name string) *tenant {
	tr.t.Helper()
	a := &tenant{tree: tr}
	a.keys, a.key = pair(tr.t, nkeys.CreateAccount)
	a.claims = jwt.NewAccountClaims(a.key)
	a.claims.Name = name
	return a
}

// jwt is the account's JWT as its claims are now.
func (a *tenant) jwt() string {
	a.tree.t.Helper()
	token, err := a.claims.Encode(a.tree.keys)
	must(a.tree.t, err)
	return token
}

// user makes a user, signed by the account.
func (a *tenant) user(name string, edit func(*jwt.UserClaims)) *user {
	a.tree.t.Helper()
	return a.signed(name, a.keys, edit)
}

func (a *tenant) signed(name string, signer nkeys.KeyPair, edit func(*jwt.UserClaims)) *user {
	a.tree.t.Helper()
	u := new(user)
	u.keys, u.key = pair(a.tree.t, nkeys.CreateUser)
	c := jwt.NewUserClaims(u.key)
	c.Name = name
	if signer != a.keys {
		c.IssuerAccount = a.key
	}
	if edit != nil {
		edit(c)
	}
	token, err := c.Encode(signer)
	must(a.tree.t, err)
	u.jwt = token
	return u
}

// option shows who the user is.
func (u *user) option() nats.Option {
	return nats.UserJWT(
		func() (string, error) { return u.jwt, nil },
		func(nonce []byte) ([]byte, error) { return u.keys.Sign(nonce) },
	)
}

// creds writes the user's credentials file.
func (u *user) creds(t testing.TB) string {
	t.Helper()
	seed, err := u.keys.Seed()
	must(t, err)
	text, err := jwt.FormatUserConfig(u.jwt, seed)
	must(t, err)
	name := filepath.Join(t.TempDir(), "user.creds")
	must(t, os.WriteFile(name, text, 0o600))
	return name
}

// memory is the configuration of a server that knows the accounts.
func (tr *tree) memory(accounts ...*tenant) string {
	var b strings.Builder
	fmt.Fprintf(&b, "operator: %s\nresolver: MEMORY\nresolver_preload {\n", tr.operator)
	for _, a := range append(accounts, tr.system) {
		fmt.Fprintf(&b, "  %s: %s\n", a.key, a.jwt())
	}
	return b.String() + "}\n"
}

// full is the configuration of a server that keeps accounts in a directory, with
// more settings of the resolver.
func (tr *tree) full(more string, accounts ...*tenant) string {
	text := tr.memory(accounts...)
	return strings.Replace(text, "resolver: MEMORY", `resolver { type: full, dir: "jwt", timeout: "1s", `+more+` }`, 1)
}

// dial opens a connection that the test's end closes.
func dial(t testing.TB, s *proc.Server, options ...nats.Option) (*nats.Conn, error) {
	t.Helper()
	nc, err := nats.Connect(s.URL(), append([]nats.Option{nats.Timeout(proc.Patience), nats.NoReconnect()}, options...)...)
	if err == nil {
		t.Cleanup(nc.Close)
	}
	return nc, err
}

// connect is dial for who has to get in.
func connect(t testing.TB, s *proc.Server, options ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := dial(t, s, options...)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	return nc
}

// firstError sends the first thing that goes wrong with a connection.
func firstError(c chan<- error) nats.Option {
	report := func(err error) {
		select {
		case c <- err:
		default:
		}
	}
	return func(o *nats.Options) error {
		o.AsyncErrorCB = func(_ *nats.Conn, _ *nats.Subscription, err error) { report(err) }
		o.ClosedCB = func(nc *nats.Conn) { report(nc.LastError()) }
		return nil
	}
}

// receive waits for an error on a channel.
func receive(t testing.TB, c <-chan error) string {
	t.Helper()
	select {
	case err := <-c:
		return strings.ToLower(fmt.Sprint(err))
	case <-time.After(proc.Patience):
		t.Fatal("nothing has happened")
		return ""
	}
}

// refused expects the way in to be barred.
func refused(t testing.TB, s *proc.Server, why string, options ...nats.Option) {
	t.Helper()
	_, err := dial(t, s, options...)
	if err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("connect: %v, want %s", err, why)
	}
}

const violation = "Authorization Violation"

// start starts a server with a configuration.
func start(t testing.TB, target *proc.Target, config string) *proc.Server {
	t.Helper()
	return proc.Start(t, target, proc.Options{Config: config, Args: []string{"-D"}})
}
