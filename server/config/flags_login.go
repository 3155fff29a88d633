package config

import "github.com/dunlin-mq/dunlin/server/config/syntax"

// loginFlags are the flags that stand in for a single user or token; nil if not
// given.
type loginFlags struct{ user, password, token *string }

func setLogin(c *CommandLine, f *Flag, v *syntax.Value) error {
	switch f.Names[0] {
	case "user":
		c.login.user = &v.Str
	case "pass":
		c.login.password = &v.Str
	case "auth":
		c.login.token = &v.Str
	}
	return nil
}

// apply sets what the flags say.
func (l *loginFlags) apply(o *Options) {
	for _, f := range []struct {
		from *string
		to   *string
	}{
		{l.user, &o.Authorization.User}, {l.password, &o.Authorization.Password}, {l.token, &o.Authorization.Token},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
}
