package door

import (
	"errors"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
)

type peer struct{}

func (peer) Document(time.Time) document.Client { return document.Client{} }

func directory(t testing.TB, users ...auth.User) *auth.Directory {
	t.Helper()
	d, err := auth.NewDirectory(auth.Config{Users: users})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func login(user, pass string) *auth.Request {
	c := protocol.DefaultConnect()
	c.User, c.Pass = user, pass
	return &auth.Request{Connect: &c, Listener: &auth.Listener{}}
}

// accounts are those with the given names, beside the global one.
func accounts(names ...string) *account.Set {
	set := account.NewSet(nil)
	for _, name := range names {
		set.Put(account.Spec{Name: name})
	}
	return set
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	set := accounts("A")
	d := New(set)
	if a, err := d.Admit(login("", ""), peer{}); err != nil || a.Account != set.Global() {
		t.Errorf("a door that nobody keeps: %+v %v", a, err)
	}
	d.Replace(directory(t, auth.User{Name: "u", Password: "p", Account: "A"}, auth.User{Name: "v", Password: "p", Account: "GONE"}), nil)
	if a, err := d.Admit(login("u", "p"), peer{}); err != nil || a.Account != set.Get("A") || a.Identity.Name != "u" {
		t.Errorf("%+v %v", a, err)
	}
	var refusal *auth.Refusal
	if _, err := d.Admit(login("u", "x"), peer{}); !errors.As(err, &refusal) {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := d.Admit(login("v", "p"), peer{}); !errors.Is(err, protocol.ErrAccountRegistration) {
		t.Errorf("an account that is not there: %v", err)
	}
}

// delegate has the last word: it says yes to bob, and has nothing to say about
// alice.
type delegate struct{ asked int }

func (d *delegate) Decide(r *auth.Request, _ Peer, id *auth.Identity, err error) (*auth.Identity, error) {
	d.asked++
	switch r.Connect.User {
	case "bob":
		return &auth.Identity{Kind: auth.ByCallout, Name: "bob", Account: "B"}, nil
	case "alice":
		return id, err
	}
	return nil, &auth.Refusal{Reason: protocol.AuthenticationFailure}
}

func TestDelegateHasTheLastWord(t *testing.T) {
	t.Parallel()
	set := accounts("A", "B")
	d, del := New(set), new(delegate)
	d.Replace(directory(t, auth.User{Name: "alice", Password: "p", Account: "A"}, auth.User{Name: "eve", Password: "p", Account: "A"}), del)
	for _, tt := range []struct{ user, pass, account string }{
		{"alice", "p", "A"}, {"alice", "x", ""}, {"bob", "whatever", "B"}, {"eve", "p", ""},
	} {
		a, err := d.Admit(login(tt.user, tt.pass), peer{})
		if (err == nil) != (tt.account != "") || err == nil && a.Account != set.Get(tt.account) {
			t.Errorf("%s: %+v %v", tt.user, a, err)
		}
	}
	a, err := d.Admit(login("bob", ""), peer{})
	if err != nil {
		t.Fatal(err)
	}
	asked := del.asked
	if v := d.Review(a, login("bob", "")); !v.Stays() || del.asked != asked {
		t.Errorf("a review asks the delegate, or sends away whom it let in: %+v", v)
	}
	set.Replace([]account.Spec{{Name: "A"}})
	if v := d.Review(a, login("bob", "")); v.Stays() || v.Reason != protocol.ClientClosed {
		t.Errorf("its account is gone, and it stays: %+v", v)
	}
}

func TestReview(t *testing.T) {
	t.Parallel()
	rules := &perm.Rules{Publish: &perm.Subjects{Allow: []string{"x"}}}
	before := auth.User{Name: "u", Password: "p", Account: "A"}
	for name, tt := range map[string]struct {
		after  []auth.User
		stays  bool
		told   bool // with an error
		remove bool // the account
	}{
		"nothing changed":       {[]auth.User{before}, true, false, false},
		"other permissions":     {[]auth.User{{Name: "u", Password: "p", Account: "A", Permissions: rules}}, true, false, false},
		"another password":      {[]auth.User{{Name: "u", Password: "q", Account: "A"}}, false, true, false},
		"another account":       {[]auth.User{{Name: "u", Password: "p", Account: "B"}}, false, false, false},
		"it is gone":            {[]auth.User{{Name: "v", Password: "p", Account: "A"}}, false, false, false},
		"its account is gone":   {[]auth.User{{Name: "v", Password: "p", Account: "B"}}, false, false, true},
		"it may not come there": {[]auth.User{{Name: "u", Password: "p", Account: "A", Types: 1 << auth.MQTT}}, false, true, false},
	} {
		set := accounts("A", "B")
		d := New(set)
		d.Replace(directory(t, before), nil)
		a, err := d.Admit(login("u", "p"), peer{})
		if err != nil {
			t.Fatal(err)
		}
		if tt.remove {
			set.Replace([]account.Spec{{Name: "B"}})
		}
		d.Replace(directory(t, tt.after...), nil)
		v := d.Review(a, login("u", "p"))
		if v.Stays() != tt.stays || (v.Error != nil) != tt.told {
			t.Errorf("%s: %+v", name, v)
		}
	}
}
