package auth

import (
	"crypto/subtle"

	"github.com/dunlin-mq/dunlin/auth/perm"
)

// Config is what a configuration says about users.
type Config struct {
	// Users may log in with name and password, or a certificate; NKeys with a
	// signature.
	Users []User
	NKeys []User
	// Single is for a configuration with one user or token; nil for none.
	Single *Single
	// NoAuthUser is whom peers without credentials become, a name or public key
	// of Users and NKeys; empty for nobody.
	NoAuthUser string
	// Proxies are the public keys of proxies whose signature is trusted.
	Proxies []string
}

// User is one entry of a configuration.
type User struct {
	Name          string // or the public key
	Password      string // plain, or a bcrypt hash; empty for none
	Account       string // empty means Global
	Permissions   *perm.Rules
	Types         Types
	ProxyRequired bool
}

// Directory holds the users of a configuration. It is immutable.
type Directory struct {
	single *Single
	users  map[string]*entry
}

// entry is a user with compiled permissions.
type entry struct {
	User
	set *perm.Set
}

// NewDirectory compiles a configuration. It fails if permissions are malformed.
func NewDirectory(c Config) (*Directory, error) {
	d := &Directory{single: c.Single, users: make(map[string]*entry, len(c.Users))}
	for _, u := range c.Users {
		set, err := perm.Compile(u.Permissions)
		if err != nil {
			return nil, err
		}
		if u.Account == "" {
			u.Account = Global
		}
		d.users[u.Name] = &entry{u, set}
	}
	return d, nil
}

// Required reports whether peers of a listener have to say who they are.
func (d *Directory) Required(l *Listener) bool {
	return len(d.users) > 0 || d.single != nil || l != nil && l.Single != nil
}

// NeedsNonce reports whether INFO has to carry something to sign.
func (d *Directory) NeedsNonce() bool { return false }

// Authenticate decides who a peer is. The error is a *[Refusal].
func (d *Directory) Authenticate(r *Request) (*Identity, error) {
	if !d.Required(r.Listener) {
		return &Identity{Account: Global}, nil
	}
	u := d.users[r.Connect.User]
	if u == nil || subtle.ConstantTimeCompare([]byte(u.Password), []byte(r.Connect.Pass)) != 1 {
		return nil, refuse("")
	}
	return &Identity{Kind: ByName, Name: u.Name, Account: u.Account, Permissions: u.set, Types: u.Types}, nil
}
