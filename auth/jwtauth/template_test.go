package jwtauth

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/jwt/v2"
)

// templated expands permissions for a user bob with the tags dept:a and dept:b in
// the account ACC with the tag team:red.
func templated(t testing.TB, p jwt.Permissions, edit func(*jwt.UserClaims)) (jwt.Permissions, error) {
	t.Helper()
	w := newWorld(t)
	w.claims.Tags.Add("team:red")
	a := w.acc()
	u := w.newUser(func(u *jwt.UserClaims) {
		u.Tags.Add("dept:b", "dept:a", "site:x")
		u.IssuerAccount = a.Key
		if edit != nil {
			edit(u)
		}
	})
	return expand(p, u, a)
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		allow, deny         []string
		wantAllow, wantDeny []string
		want                string // of the error
	}{
		{allow: []string{"u.{{name()}}.>"}, wantAllow: []string{"u.bob.>"}},
		{allow: []string{"u.{{ NAME() }}"}, wantAllow: []string{"u.bob"}},
		{allow: []string{"t.{{tag(dept)}}.x"}, wantAllow: []string{"t.a.x", "t.b.x"}},
		{allow: []string{"{{tag(dept)}}.{{tag(site)}}.{{tag(dept)}}"}, wantAllow: []string{"a.x.a", "a.x.b", "b.x.a", "b.x.b"}},
		{allow: []string{"a.{{account-name()}}.{{account-tag(team)}}"}, wantAllow: []string{"a.ACC.red"}},
		{allow: []string{"x", "t.{{tag(none)}}"}, wantAllow: []string{"x"}},
		{allow: []string{"t.{{tag(none)}}"}, wantDeny: []string{">"}},
		{allow: []string{"t.{{account-tag(none)}}"}, deny: []string{"d"}, wantDeny: []string{"d", ">"}},
		{deny: []string{"t.{{tag(none)}}"}, want: `generated invalid subject "t.{{tag(none)}}": "none" is not defined`},
		{deny: []string{"t.{{tag(dept)}}"}, wantDeny: []string{"t.a", "t.b"}},
		{allow: []string{"x.{{foo}}"}, want: `template operation in "x.{{foo}}": "foo" is not defined`},
		{allow: []string{"x.{{foo()}}"}, want: `template operation in "x.{{foo()}}": "foo()" is not defined`},
		{allow: []string{"plain.*", "half.{{open"}, wantAllow: []string{"plain.*", "half.{{open"}},
	} {
		got, err := templated(t, jwt.Permissions{Pub: jwt.Permission{Allow: tt.allow, Deny: tt.deny}}, nil)
		if text := fmt.Sprint(err); err != nil || tt.want != "" {
			if text != tt.want {
				t.Errorf("%v %v: %s, want %s", tt.allow, tt.deny, text, tt.want)
			}
			continue
		}
		if diff := cmp.Diff(jwt.Permission{Allow: tt.wantAllow, Deny: tt.wantDeny}, got.Pub); diff != "" {
			t.Errorf("%v %v: -want +got:\n%s", tt.allow, tt.deny, diff)
		}
	}
}

func TestTemplatesAreBounded(t *testing.T) {
	t.Parallel()
	_, err := templated(t, jwt.Permissions{Pub: jwt.Permission{Allow: []string{strings.Repeat("{{tag(n)}}.", 4) + "x"}}}, func(u *jwt.UserClaims) {
		for i := range 10 {
			u.Tags.Add(fmt.Sprintf("n:%d", i))
		}
	})
	if err == nil || err.Error() != "template expansion exceeds limit: 4096" {
		t.Errorf("10000 subjects: %v", err)
	}
}

// The holder of a scoped key writes names and tags. None of them may make more of
// a template than its author meant: the class of advisories in which a value that
// somebody chooses becomes a wildcard.
func TestAdvisoryValuesDoNotBecomeWildcards(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"*", ">", "a.>", "*.a", "a b", "a\tb"} {
		p, err := templated(t, jwt.Permissions{Pub: jwt.Permission{Allow: []string{"u.{{name()}}", "t.{{tag(v)}}"}}}, func(u *jwt.UserClaims) {
			u.Name = value
			u.Tags = append(u.Tags, "v:"+value)
		})
		if err != nil || len(p.Pub.Allow) > 0 || !cmp.Equal(p.Pub.Deny, jwt.StringList{">"}) {
			t.Errorf("%q: %+v %v", value, p.Pub, err)
		}
		if _, err := templated(t, jwt.Permissions{Pub: jwt.Permission{Deny: []string{"u.{{name()}}"}}}, func(u *jwt.UserClaims) { u.Name = value }); err == nil {
			t.Errorf("%q in a deny list is accepted", value)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, entry := range []string{"u.{{name()}}.>", "{{tag(dept)}}.{{tag(dept)}}", "{{", "}}{{", "{{tag()}}", "{{account-tag(", "x {{name()}}"} {
		f.Add(entry, "bob", "a")
	}
	w := newWorld(f)
	a := w.acc()
	f.Fuzz(func(t *testing.T, entry, name, tag string) {
		u := w.newUser(func(u *jwt.UserClaims) { u.Name, u.Tags = name, jwt.TagList{"dept:" + tag} })
		p, err := expand(jwt.Permissions{Pub: jwt.Permission{Allow: []string{entry}}}, u, a)
		if err != nil {
			return
		}
		for _, s := range p.Pub.Allow {
			if strings.Count(s, "*") > strings.Count(entry, "*") || strings.Count(s, ">") > strings.Count(entry, ">") {
				t.Errorf("%q became %q", entry, s)
			}
		}
	})
}
