package resolver

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// desk is a clerk with what it was told to do.
type desk struct {
	*Clerk
	loaded  map[string]bool
	changed []string
}

func newDesk(w *world, kind Kind) *desk {
	d := &desk{loaded: map[string]bool{}}
	d.Clerk = &Clerk{
		Kind: kind, Store: new(Memory), Operators: w.ops,
		Loaded:  func(key string) bool { return d.loaded[key] },
		Changed: func(key, token string) { d.changed = append(d.changed, key+" "+token) },
	}
	return d
}

func TestUpdates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	strict := newWorld(t, func(c *jwt.OperatorClaims) {
		_, key := pair(t, nkeys.CreateOperator)
		c.StrictSigningKeyUsage = true
		c.SigningKeys.Add(key)
	})
	stranger := newWorld(t, nil)
	key, token := w.account(nil)
	used, usedToken := w.account(nil)
	other, _ := w.account(nil)
	_, blank := w.account(func(c *jwt.AccountClaims) { c.Exports = jwt.Exports{{Subject: "a b", Type: jwt.Stream}} })
	_, twice := w.account(func(c *jwt.AccountClaims) {
		c.Mappings = jwt.Mapping{"a": {{Subject: "b", Weight: 10}, {Subject: "b", Weight: 10}}}
	})
	_, byIdentity := strict.account(nil)
	foreign, foreignToken := stranger.account(nil)
	for _, tt := range []struct {
		name   string
		w      *world
		kind   Kind
		about  string
		body   string
		want   Status
		suffix bool // want.Text is the beginning
	}{
		{"full", w, Full, "", token, Status{false, key, "jwt updated"}, false},
		{"by name", w, Full, key, token, Status{false, key, "jwt updated"}, false},
		{"another name", w, Full, other, token, Status{true, other, "jwt update resulted in error - subject does not match jwt content"}, false},
		{"garbage", w, Full, "", "x", Status{true, "n/a", "jwt update resulted in error - expected 3 chunks"}, false},
		{"blanks in a subject", w, Full, "", blank, Status{true, "", `jwt validation failed - validation errors: [subject "a b" cannot have spaces]`}, false},
		{"a mapping that makes no sense", w, Full, "", twice, Status{true, "", `jwt validation failed - mapping "a": duplicate entry for "b"`}, false},
		{"an operator's own key", strict, Full, "", byIdentity, Status{true, "", "jwt update resulted in error - operator requires issuer to be a signing key"}, false},
		{"of a stranger, which is kept", w, Full, "", foreignToken, Status{false, foreign, "jwt updated"}, false},
		{"cache", w, Cache, "", usedToken, Status{false, used, "jwt updated cache"}, false},
		{"cache, not in use", w, Cache, "", token, Status{false, key, "jwt update cache skipped"}, false},
		{"cache, no sense", w, Cache, "", blank, Status{true, "", "jwt update cache validation failed - validation errors: "}, true},
		{"fixed", w, Fixed, used, usedToken, Status{false, used, "jwt updated"}, false},
		{"fixed, not in use", w, Fixed, key, token, Status{false, key, "jwt update skipped"}, false},
		{"fixed, nothing", w, Fixed, used, "", Status{true, used, "jwt update error - request body is empty"}, false},
		{"fixed, garbage", w, Fixed, used, "x", Status{true, used, "jwt update resulted in error - expected 3 chunks"}, false},
	} {
		d := newDesk(tt.w, tt.kind)
		d.loaded[used] = true
		got := d.Update(tt.about, []byte(tt.body))
		if tt.want.Account == "" {
			got.Account = ""
		}
		if tt.suffix && strings.HasPrefix(got.Text, tt.want.Text) {
			got.Text = tt.want.Text
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
		if changed := len(d.changed) > 0; changed != (!tt.want.Failed && !strings.HasSuffix(tt.want.Text, "skipped")) {
			t.Errorf("%s: %v changed", tt.name, d.changed)
		}
	}
}

func TestSameJWTChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	_, token := w.account(nil)
	d := newDesk(w, Full)
	d.Update("", []byte(token))
	d.Update("", []byte(token+"\n"))
	if len(d.changed) != 1 {
		t.Errorf("changed %v", d.changed)
	}
}

func TestDeletions(t *testing.T) {
	t.Parallel()
	w, stranger := newWorld(t, nil), newWorld(t, nil)
	a, token := w.account(nil)
	system, _ := w.account(nil)
	order := func(signer, subject *world, data any) []byte {
		g := jwt.NewGenericClaims(subject.key)
		g.Data["accounts"] = data
		s, err := g.Encode(signer.keys)
		must(t, err)
		return []byte(s)
	}
	refused := func(by *world, why string) Status {
		return Status{true, "", fmt.Sprintf("delete accounts request by %s failed - %s", by.key, why)}
	}
	for _, tt := range []struct {
		name  string
		allow bool
		body  []byte
		want  Status
	}{
		{"one", true, order(w, w, []string{a}), Status{false, "", "deleted 1 accounts"}},
		{"one that is not there", true, order(w, w, []string{a, stranger.key}), Status{false, "", "deleted 2 accounts"}},
		{"not here", false, order(w, w, []string{a}), refused(w, "delete must be enabled in server config")},
		{"a stranger's", true, order(stranger, stranger, []string{a}), refused(stranger, "not trusted")},
		{"for somebody else", true, order(w, stranger, []string{a}), refused(stranger, "not self signed")},
		{"of no list", true, order(w, w, "x"), refused(w, "malformed request")},
		{"of numbers", true, order(w, w, []int{1}), refused(w, "malformed request")},
		{"of the system account", true, order(w, w, []string{a, system}), refused(w, "not allowed to delete system account")},
	} {
		d := newDesk(w, Full)
		d.AllowDelete, d.System = tt.allow, system
		must(t, d.Store.Save(a, token))
		if diff := cmp.Diff(tt.want, d.Delete(tt.body)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
		if there := d.Lookup(a) != ""; there != tt.want.Failed {
			t.Errorf("%s: the account is there: %v", tt.name, there)
		}
	}
}

// Two servers have the same accounts after each has taken the other's pack in.
func TestPacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	shared, old := w.account(func(c *jwt.AccountClaims) { c.Name = "old" })
	mine, mineToken := w.account(nil)
	theirs, theirsToken := w.account(nil)
	expired, expiredToken := w.account(func(c *jwt.AccountClaims) { c.Expires = 1 })
	next := w.encode(shared, func(c *jwt.AccountClaims) { c.Name = "new" })
	here, there := newDesk(w, Full), newDesk(w, Full)
	must(t, here.Store.Save(shared, old))
	must(t, here.Store.Save(mine, mineToken))
	must(t, here.Store.Save(expired, expiredToken))
	must(t, there.Store.Save(shared, next))
	must(t, there.Store.Save(theirs, theirsToken))
	now := time.Now()
	exchange := func(from, to *desk) int {
		hash, err := to.Hash(now)
		must(t, err)
		lines, err := from.Pack(hash[:], now)
		must(t, err)
		must(t, to.Merge([]byte(strings.Join(lines, "\n"))))
		return len(lines)
	}
	exchange(there, here)
	exchange(here, there)
	if n := exchange(there, here) + exchange(here, there); n > 0 {
		t.Errorf("%d accounts were sent to somebody who has them", n)
	}
	if here.Lookup(shared) != next || there.Lookup(mine) != mineToken || there.Lookup(expired) != "" {
		t.Error("the stores differ")
	}
	err := here.Merge([]byte("garbage\n" + mine + "|" + theirsToken + "\n" + shared + "|" + old))
	if err == nil || strings.Count(err.Error(), "account ") != 2 {
		t.Errorf("lines that make no sense: %v", err)
	}
}

func FuzzRequests(f *testing.F) {
	w := newWorld(f, nil)
	_, token := w.account(nil)
	f.Add("", []byte(token))
	f.Add("A", []byte("x.y.z"))
	f.Add("", []byte("A|eyJ\n|\n"))
	f.Fuzz(func(t *testing.T, about string, body []byte) {
		d := newDesk(w, Full)
		d.AllowDelete = true
		st := d.Update(about, body)
		if !st.Failed && string(body) != token && !strings.Contains(string(body), ".") {
			t.Errorf("%q updates something", body)
		}
		_ = d.Delete(body)
		_ = d.Merge(body)
		if _, err := d.Pack(body, time.Now()); err != nil {
			t.Error(err)
		}
	})
}
