package auth

import (
	"testing"

	"github.com/dunlin-mq/dunlin/auth/perm"
)

func TestRenew(t *testing.T) {
	t.Parallel()
	rules := func(subject string) *perm.Rules {
		return &perm.Rules{Publish: &perm.Subjects{Allow: []string{subject}}}
	}
	base := User{Name: "u", Password: "p", Account: "A", Permissions: rules("x")}
	directory := func(edit func(*User)) *Directory {
		u := base
		if edit != nil {
			edit(&u)
		}
		d, err := NewDirectory(Config{Users: []User{u}})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	earlier := directory(nil)
	e, _ := earlier.find("u")
	id := e.identity("u")
	for name, tt := range map[string]struct {
		edit      func(*User)
		good      bool
		same      bool
		published string
	}{
		"nothing":     {nil, true, true, "x"},
		"permissions": {func(u *User) { u.Permissions = rules("y") }, true, false, "y"},
		"password":    {func(u *User) { u.Password = "q" }, false, false, ""},
		"account":     {func(u *User) { u.Account = "B" }, false, false, ""},
		"name":        {func(u *User) { u.Name = "v" }, false, false, ""},
		"types":       {func(u *User) { u.Types = 1 << WebSocket }, false, false, ""},
		"proxies":     {func(u *User) { u.ProxyRequired = true }, false, false, ""},
	} {
		got, ok := directory(tt.edit).Renew(id, earlier)
		if ok != tt.good || ok && (got == id) != tt.same {
			t.Errorf("%s: %v %v", name, got, ok)
		}
		if ok && !got.Permissions.Publish([]byte(tt.published)) {
			t.Errorf("%s: may not publish to %s", name, tt.published)
		}
	}
	if _, ok := earlier.Renew(&Identity{Kind: ByToken}, earlier); ok {
		t.Error("a token is renewed without a look at it")
	}
}
