package auth

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/certmap"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
)

// Config is what a configuration says about users.
type Config struct {
	// Users may log in by name and password, or by an nkey's signature.
	Users []User
	// Single is for a configuration with one user or token; nil for none.
	Single *Single
	// NoAuthUser is whom peers without credentials become, a name or public key
	// of Users; empty for nobody.
	NoAuthUser string
	// Announce tells peers that they have to log in although NoAuthUser lets them
	// in without.
	Announce bool
	// Mapped says that some listener takes names from certificates: users without
	// a password are meant for those alone then.
	Mapped bool
	// Proxies are the public keys of proxies whose signature is trusted.
	Proxies []string
}

// User is one entry of a configuration.
type User struct {
	Name     string
	Password string // plain, or a bcrypt hash; empty for none
	NKey     string // public key of a user that has neither name nor password
	Account  string // empty means Global
	// Permissions are shared by the users that have the same ones.
	Permissions *perm.Rules
	Types       Types
	// ProxyRequired lets the user in only through one of the proxies.
	ProxyRequired bool
}

// Directory holds the users of a configuration. It is immutable and safe for
// concurrent use.
type Directory struct {
	single     *Single
	users      map[string]entry // by name
	nkeys      map[string]entry // by public key
	noAuthUser string
	announce   bool
	proxies    []string
	mapped     bool   // some listener takes names from certificates
	hash       string // one of the passwords that are bcrypt hashes
	// names are those of users that certificates may stand for: made when the
	// first one asks, because most directories never see a certificate.
	names func() *certmap.Index
}

// entry is a user. There may be very many: what a user becomes that was let in is
// made then.
type entry struct {
	password, account string
	permissions       *perm.Set
	types             Types
	proxyRequired     bool
	nkey              bool
}

// identity returns what the user with that name or public key is once it was let
// in.
func (e *entry) identity(name string) *Identity {
	id := &Identity{Kind: ByName, Name: name, Account: e.account, Permissions: e.permissions, Types: e.types}
	if e.nkey {
		id.Kind = ByNKey
	}
	return id
}

// NewDirectory compiles a configuration. It fails if two users cannot be told
// apart or permissions are malformed; the error joins all there are.
func NewDirectory(c Config) (*Directory, error) {
	d := &Directory{
		single: c.Single, noAuthUser: c.NoAuthUser, announce: c.Announce, mapped: c.Mapped, proxies: c.Proxies,
		users: make(map[string]entry, len(c.Users)), nkeys: make(map[string]entry),
	}
	d.names = sync.OnceValue(func() *certmap.Index { return certmap.NewIndex(maps.Keys(d.users)) })
	sets := make(map[*perm.Rules]*perm.Set)
	errs := checkProxies(c.Proxies)
	for i := range c.Users {
		if err := d.add(&c.Users[i], sets); err != nil {
			errs = append(errs, err)
		}
	}
	if _, ok := d.find(c.NoAuthUser); c.NoAuthUser != "" && !ok {
		errs = append(errs, fmt.Errorf("no_auth_user: %q not present as user or nkey in authorization block or account configuration", c.NoAuthUser))
	}
	return d, errors.Join(errs...)
}

// add adds a user. Users with the same rules share what these are compiled to.
func (d *Directory) add(u *User, sets map[*perm.Rules]*perm.Set) error {
	set, ok := sets[u.Permissions]
	if !ok {
		var err error
		if set, err = perm.Compile(u.Permissions); err != nil {
			return err
		}
		sets[u.Permissions] = set
	}
	e := entry{
		password: u.Password, account: cmp.Or(u.Account, Global), permissions: set, types: u.Types,
		proxyRequired: u.ProxyRequired, nkey: u.NKey != "",
	}
	name := cmp.Or(u.NKey, u.Name)
	_, taken := d.find(name)
	switch {
	case e.nkey && !nkeys.IsValidPublicUserKey(name):
		return errors.New("Not a valid public nkey for a user")
	case taken && e.nkey:
		return fmt.Errorf("Duplicate nkey %q detected", name)
	case taken:
		return fmt.Errorf("Duplicate user %q detected", name)
	case e.nkey:
		d.nkeys[name] = e
	default:
		d.users[name] = e
		if isHash(u.Password) {
			d.hash = u.Password
		}
	}
	return nil
}

// find returns the user with a name or public key.
func (d *Directory) find(name string) (entry, bool) {
	if e, ok := d.users[name]; ok {
		return e, true
	}
	e, ok := d.nkeys[name]
	return e, ok
}

// Account returns the account of the user with that name or public key; false
// if there is none.
func (d *Directory) Account(name string) (string, bool) {
	e, ok := d.find(name)
	return e.account, ok
}

// Renew returns what somebody is now who was let in by an earlier directory; false
// if its credentials have to be looked at again, because they, or what goes with
// them, have changed. Most users have not, and a hash takes long to compare.
func (d *Directory) Renew(id *Identity, earlier *Directory) (*Identity, bool) {
	if id.Kind != ByName && id.Kind != ByNKey || earlier == nil {
		return nil, false
	}
	was, known := earlier.find(id.Name)
	is, ok := d.find(id.Name)
	if !known || !ok || was.password != is.password || was.account != is.account || was.types != is.types ||
		was.nkey != is.nkey || was.proxyRequired != is.proxyRequired || !slices.Equal(d.proxies, earlier.proxies) || d.mapped != earlier.mapped {
		return nil, false
	}
	if is.permissions.Rules().Equal(id.Permissions.Rules()) {
		return id, true
	}
	renewed := *id
	renewed.Permissions = is.permissions
	return &renewed, true
}

// Required reports whether peers of a listener have to say who they are.
func (d *Directory) Required(l *Listener) bool {
	return len(d.users) > 0 || len(d.nkeys) > 0 || d.single != nil || l != nil && (l.Single != nil || l.NoAuthUser != "")
}

// Announced reports whether peers of a listener are told that they have to:
// where somebody without credentials may be let in they are not, as a rule.
func (d *Directory) Announced(l *Listener) bool {
	return d.Required(l) && (d.announce || d.nobody(l) == "")
}

// NeedsNonce reports whether INFO has to carry something to sign.
func (d *Directory) NeedsNonce() bool { return len(d.nkeys) > 0 || len(d.proxies) > 0 }

// nobody is the name of whom a peer without credentials becomes.
func (d *Directory) nobody(l *Listener) string {
	if l != nil && l.NoAuthUser != "" {
		return l.NoAuthUser
	}
	return d.noAuthUser
}

// Anonymous returns who a peer is that does not even send CONNECT, or nil if it
// has to. Only a user that could have a password may be meant, and the peer has
// to come in a way that the user may, which a proxy never is: it sends CONNECT.
func (d *Directory) Anonymous(r *Request) *Identity {
	name := d.nobody(r.Listener)
	e, ok := d.users[name]
	if !ok || r.Listener.mapsCertificate() || e.proxyRequired || !e.types.Allow(r.Type) {
		return nil
	}
	return e.identity(name)
}

func (l *Listener) mapsCertificate() bool { return l != nil && l.MapCertificate }

// Authenticate decides who a peer is. The error is a *[Refusal].
func (d *Directory) Authenticate(r *Request) (*Identity, error) {
	proxy, refusal := Proxy(d.proxies, r)
	var id *Identity
	if refusal == nil {
		id, refusal = d.decide(r, proxy != "")
	}
	if refusal != nil {
		refusal.User = claimed(r.Connect)
		return nil, refusal
	}
	if proxy != "" {
		through := *id
		through.ProxyKey = proxy
		id = &through
	}
	return id, nil
}

// decide decides about the peer itself; proxied says that a trusted proxy stands
// between.
func (d *Directory) decide(r *Request, proxied bool) (*Identity, *Refusal) {
	if !d.Required(r.Listener) {
		return &anybody, nil
	}
	c := r.Connect
	nobody := ""
	if c.User == "" && c.Pass == "" && c.Token == "" && c.NKey == "" && !r.Listener.mapsCertificate() {
		nobody = d.nobody(r.Listener)
	}
	_, nobodySigns := d.nkeys[nobody]
	if len(d.nkeys) > 0 && (c.NKey != "" || nobodySigns) {
		return d.byNKey(r, nobody, proxied)
	}
	if len(d.users) > 0 && (c.Token == "" || d.single == nil) {
		return d.byName(r, nobody, proxied)
	}
	return d.bySingle(r, proxied)
}

// anybody is who everyone is where nobody is asked.
var anybody = Identity{Account: Global}

// byNKey lets in who can sign, or the user without credentials.
func (d *Directory) byNKey(r *Request, nobody string, proxied bool) (*Identity, *Refusal) {
	key := r.Connect.NKey
	if key == "" {
		key = nobody
	}
	e, ok := d.nkeys[key]
	if !ok {
		return nil, refuse("")
	}
	id := e.identity(key)
	switch {
	case !e.types.Allow(r.Type):
		return nil, refuse("Connection type not allowed").of(id)
	case e.proxyRequired && !proxied:
		return nil, refuseDirect().of(id)
	case key == d.nobody(r.Listener):
		return id, nil
	}
	if refusal := Verify(key, r.Nonce, r.Connect.Sig); refusal != nil {
		return nil, refusal.of(id)
	}
	return id, nil
}

// byName lets in who knows the password.
func (d *Directory) byName(r *Request, nobody string, proxied bool) (*Identity, *Refusal) {
	name, pass := r.Connect.User, r.Connect.Pass
	if nobody != "" {
		e, ok := d.users[nobody]
		switch id := e.identity(nobody); {
		case !ok || !e.types.Allow(r.Type):
			return nil, refuse("")
		case e.proxyRequired && !proxied:
			return nil, refuseDirect().of(id)
		default:
			return id, nil
		}
	}
	if r.Listener.mapsCertificate() {
		return d.byCertificate(r, proxied)
	}
	e, ok := d.users[name]
	if !ok {
		same(d.hash, pass) // to take as long as for somebody who is there
		return nil, refuse("")
	}
	id := e.identity(name)
	good := same(e.password, pass) // whatever else is wrong: it takes time that tells nothing
	switch {
	case !e.types.Allow(r.Type):
		return nil, refuse("Connection type not allowed").of(id)
	case e.proxyRequired && !proxied:
		return nil, refuseDirect().of(id)
	case e.password == "" && d.mapped:
		return nil, refuse(fmt.Sprintf("User %q requires a client certificate", name)).of(id)
	case !good:
		return nil, refuse("").of(id)
	}
	return id, nil
}

// byCertificate lets in the user that the certificate stands for, whatever name
// CONNECT has. A password is asked for if the user has one.
func (d *Directory) byCertificate(r *Request, proxied bool) (*Identity, *Refusal) {
	if r.TLS == nil {
		return nil, refuse("User required in cert, no TLS connection state")
	}
	found := d.names().Find(r.TLS.PeerCertificates, func(name string) bool {
		e, ok := d.users[name]
		return ok && e.types.Allow(r.Type)
	})
	if found.User == "" {
		return nil, refuse(found.How)
	}
	e := d.users[found.User]
	id := e.identity(found.User)
	switch {
	case e.proxyRequired && !proxied:
		return nil, refuseDirect().of(id)
	case e.password != "" && !same(e.password, r.Connect.Pass):
		return nil, refuse("").of(id)
	}
	return id, nil
}

// bySingle lets in who knows the one token, or the one user's password.
func (d *Directory) bySingle(r *Request, proxied bool) (*Identity, *Refusal) {
	s := d.single
	if r.Listener != nil && r.Listener.Single != nil {
		s = r.Listener.Single
	}
	c := r.Connect
	switch {
	case s == nil:
		return nil, refuse("")
	case s.ProxyRequired && !proxied:
		return nil, refuseDirect()
	case s.Token != "":
		if same(s.Token, c.Token) {
			return &Identity{Kind: ByToken, Account: Global}, nil
		}
	default:
		// The password is looked at first, so that a name that is wrong takes as long.
		if same(s.Password, c.Pass) && c.User == s.User {
			return &Identity{Kind: ByName, Name: s.User, Account: Global}, nil
		}
	}
	return nil, refuse("")
}

// claimed is who a peer said it was, in the words of logs.
func claimed(c *protocol.Connect) string {
	switch {
	case c.NKey != "":
		return fmt.Sprintf("Nkey %q", c.NKey)
	case c.User != "":
		return fmt.Sprintf("User %q", c.User)
	case c.Token != "":
		return `Token "[REDACTED]"`
	}
	return `User "N/A"`
}
