package auth

import (
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

// Requests about account JWTs, as administration tools send them, with the answers
// that they rely on.
func TestClaimsRequests(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a, b, c := tr.tenant("A"), tr.tenant("B"), tr.tenant("C")
		s := start(t, target, tr.full("allow_delete: true, limit: 3", a))
		sys := connect(t, s, tr.system.user("s", nil).option())
		const update = "$SYS.REQ.CLAIMS.UPDATE"
		own := func(key string) string { return "$SYS.REQ.ACCOUNT." + key + ".CLAIMS.UPDATE" }
		bad := tr.tenant("bad")
		bad.claims.Mappings = jwt.Mapping{"a": {{Subject: "b", Weight: 60}, {Subject: "b", Weight: 10}}}
		deletion := func(signer nkeys.KeyPair, accounts ...any) []byte {
			key, err := signer.PublicKey()
			must(t, err)
			g := jwt.NewGenericClaims(key)
			g.Data["accounts"] = accounts
			token, err := g.Encode(signer)
			must(t, err)
			return []byte(token)
		}
		for _, step := range []struct {
			name, subject string
			body          []byte
			path          []string
			want          any
		}{
			{"a new account", update, []byte(b.jwt()), []string{"data", "message"}, "jwt updated"},
			{"its code", update, []byte(b.jwt()), []string{"data", "code"}, 200.0},
			{"its key", own(b.key), []byte(b.jwt()), []string{"data", "account"}, b.key},
			{"under another key", own(a.key), []byte(b.jwt()), []string{"error", "description"}, "jwt update resulted in error - subject does not match jwt content"},
			{"garbage", update, []byte("x"), []string{"error", "description"}, "jwt update resulted in error - expected 3 chunks"},
			{"garbage's key", update, []byte("x"), []string{"error", "account"}, "n/a"},
			{"claims that make no sense", update, []byte(bad.jwt()), []string{"error", "description"}, `jwt validation failed - mapping "a": duplicate entry for "b"`},
			{"one too many", update, []byte(c.jwt()), []string{"error", "description"}, "jwt update resulted in error - jwt store is full"},
			{"a deletion by nobody", "$SYS.REQ.CLAIMS.DELETE", deletion(a.keys, b.key), []string{"error", "code"}, 500.0},
			{"of the system account", "$SYS.REQ.CLAIMS.DELETE", deletion(tr.keys, tr.system.key), []string{"error", "code"}, 500.0},
			{"a deletion", "$SYS.REQ.CLAIMS.DELETE", deletion(tr.keys, b.key), []string{"data", "message"}, "deleted 1 accounts"},
			{"room again", update, []byte(c.jwt()), []string{"data", "message"}, "jwt updated"},
		} {
			if got := at(ask(t, sys, step.subject, step.body), step.path...); got != step.want {
				t.Errorf("%s: %v, want %v", step.name, got, step.want)
			}
		}
		list, _ := at(ask(t, sys, "$SYS.REQ.CLAIMS.LIST", nil), "data").([]any)
		if len(list) != 3 {
			t.Errorf("listed %v", list)
		}
		m, err := sys.Request("$SYS.REQ.ACCOUNT."+c.key+".CLAIMS.LOOKUP", nil, proc.Patience)
		if err != nil || string(m.Data) != c.jwt() {
			t.Errorf("looked up %v %v", m, err)
		}
		m, err = sys.Request("$SYS.REQ.ACCOUNT."+b.key+".CLAIMS.LOOKUP", nil, proc.Patience)
		if err != nil || len(m.Data) > 0 {
			t.Errorf("looked up what is not there: %v %v", m, err)
		}
		if _, err := os.Stat(filepath.Join(s.Dir, "jwt", b.key+".jwt.deleted")); err != nil {
			t.Error(err)
		}
		packed := pack(t, sys)
		if len(packed) != 3 || packed[c.key] != c.jwt() {
			t.Errorf("packed %v", packed)
		}
	})
}

// pack asks for all accounts.
func pack(t testing.TB, nc *nats.Conn) map[string]string {
	t.Helper()
	sub, err := nc.SubscribeSync(nc.NewInbox())
	must(t, err)
	must(t, nc.PublishRequest("$SYS.REQ.CLAIMS.PACK", sub.Subject, nil))
	all := map[string]string{}
	for {
		m, err := sub.NextMsg(proc.Patience)
		must(t, err)
		if len(m.Data) == 0 {
			return all
		}
		key, token, _ := strings.Cut(string(m.Data), "|")
		all[key] = token
	}
}

// What a new JWT of an account does to its clients.
func TestClaimsUpdatesReachClients(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		for _, tt := range []struct {
			name   string
			change func(t testing.TB, a *tenant, u *user)
			want   string // of the client's last error
			user   func(*jwt.UserClaims)
		}{
			{"the user is revoked", func(_ testing.TB, a *tenant, u *user) { a.claims.Revoke(u.key) }, "authentication revoked", nil},
			{"all are revoked", func(_ testing.TB, a *tenant, _ *user) { a.claims.Revoke(jwt.All) }, "authentication revoked", nil},
			{"bearers are not wanted", func(_ testing.TB, a *tenant, _ *user) { a.claims.Limits.DisallowBearer = true }, "authorization violation",
				func(c *jwt.UserClaims) { c.BearerToken = true }},
			{"the account expires", func(_ testing.TB, a *tenant, _ *user) { a.claims.Expires = time.Now().Add(2 * time.Second).Unix() }, "account authentication expired", nil},
		} {
			tr := newTree(t, nil)
			a := tr.tenant("A")
			u := a.user("u", tt.user)
			s := start(t, target, tr.full("allow_delete: true", a))
			sys := connect(t, s, tr.system.user("s", nil).option())
			closed := make(chan error, 1)
			connect(t, s, u.option(), firstError(closed))
			tt.change(t, a, u)
			if got := at(ask(t, sys, "$SYS.REQ.CLAIMS.UPDATE", []byte(a.jwt())), "data", "code"); got != 200.0 {
				t.Errorf("%s: answered %v", tt.name, got)
			}
			if got := receive(t, closed); !strings.Contains(got, tt.want) {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
		}
	})
}

func TestDeletedAccount(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		s := start(t, target, tr.full("allow_delete: true", a))
		sys := connect(t, s, tr.system.user("s", nil).option())
		closed := make(chan error, 1)
		connect(t, s, a.user("u", nil).option(), firstError(closed))
		key, err := tr.keys.PublicKey()
		must(t, err)
		g := jwt.NewGenericClaims(key)
		g.Data["accounts"] = []any{a.key}
		token, err := g.Encode(tr.keys)
		must(t, err)
		ask(t, sys, "$SYS.REQ.CLAIMS.DELETE", []byte(token))
		if got := receive(t, closed); !strings.Contains(got, "account authentication expired") {
			t.Error(got)
		}
		refused(t, s, violation, a.user("u", nil).option())
		a.claims.Name = "again" // the same JWT would not revive it everywhere
		ask(t, sys, "$SYS.REQ.CLAIMS.UPDATE", []byte(a.jwt()))
		connect(t, s, a.user("u", nil).option())
	})
}

// An account that only a stranger has signed is kept, and nothing comes of it.
func TestStrangersAccountIsNotInForce(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr, other := newTree(t, nil), newTree(t, nil)
		a := tr.tenant("A")
		s := start(t, target, tr.full("", a))
		sys := connect(t, s, tr.system.user("s", nil).option())
		good := a.jwt()
		u := a.user("u", nil)
		nc := connect(t, s, u.option())
		a.claims.Revoke(jwt.All)
		forged, err := a.claims.Encode(other.keys)
		must(t, err)
		if got := at(ask(t, sys, "$SYS.REQ.CLAIMS.UPDATE", []byte(forged)), "data", "message"); got != "jwt updated" {
			t.Errorf("answered %v", got)
		}
		if err := nc.FlushTimeout(proc.Patience); err != nil {
			t.Errorf("who is in was sent away: %v", err)
		}
		ask(t, sys, "$SYS.REQ.CLAIMS.UPDATE", []byte(good))
		connect(t, s, a.user("v", nil).option())
	})
}

func TestLimitThatSinks(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		s := start(t, target, tr.full("", a))
		sys := connect(t, s, tr.system.user("s", nil).option())
		first := connect(t, s, a.user("u", nil).option())
		closed := make(chan error, 1)
		connect(t, s, a.user("v", nil).option(), firstError(closed))
		a.claims.Limits.Conn = 1
		ask(t, sys, "$SYS.REQ.CLAIMS.UPDATE", []byte(a.jwt()))
		if got := receive(t, closed); !strings.Contains(got, "maximum account active connections exceeded") {
			t.Error(got)
		}
		must(t, first.FlushTimeout(proc.Patience))
	})
}

// Accounts survive the server in a directory.
func TestAccountsAreThereAfterARestart(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		dir := t.TempDir()
		config := strings.Replace(tr.full(""), `dir: "jwt"`, `dir: "`+dir+`"`, 1)
		s := start(t, target, config)
		sys := connect(t, s, tr.system.user("s", nil).option())
		ask(t, sys, "$SYS.REQ.CLAIMS.UPDATE", []byte(a.jwt()))
		connect(t, start(t, target, config), a.user("u", nil).option())
		info, err := os.Stat(filepath.Join(dir, a.key+".jwt"))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("the file's mode is %v", info.Mode())
		}
	})
}
