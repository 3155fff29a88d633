package server

import (
	"fmt"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/account"
)

// access is who may connect and what the accounts are like, made of a
// configuration and ready to be put in force.
type access struct {
	users    *auth.Directory
	accounts []account.Spec
}

// newAccess compiles a configuration. It fails if something in it contradicts
// itself.
func newAccess(o *Options) (*access, error) {
	users, err := auth.NewDirectory(directoryConfig(o))
	if err != nil {
		return nil, err
	}
	a := &access{users: users}
	global, err := compileMappings(o.Mappings)
	if err != nil {
		return nil, err
	}
	a.accounts = append(a.accounts, account.Spec{Name: account.Global, Mappings: global})
	for i := range o.Accounts {
		spec, err := accountSpec(o, &o.Accounts[i])
		if err != nil {
			return nil, err
		}
		a.accounts = append(a.accounts, spec)
	}
	return a, nil
}

// directoryConfig translates who may connect.
func directoryConfig(o *Options) auth.Config {
	z := &o.Authorization
	c := auth.Config{
		NoAuthUser: o.NoAuthUser,
		Mapped:     o.TLS != nil && o.TLS.VerifyAndMap || o.WebSocket.TLS != nil && o.WebSocket.TLS.VerifyAndMap,
	}
	if z.Single() {
		c.Single = &auth.Single{User: z.User, Password: z.Password, Token: z.Token}
	}
	add := func(users []config.User, defaults *perm.Rules, account string) {
		for i := range users {
			u := &users[i]
			rules := u.Permissions
			if rules == nil {
				rules = defaults
			}
			c.Users = append(c.Users, auth.User{
				Name: u.Name, Password: u.Password, NKey: u.NKey, Account: account, Permissions: rules, Types: u.Types,
			})
		}
	}
	add(z.Users, z.DefaultPermissions, account.Global)
	for i := range o.Accounts {
		a := &o.Accounts[i]
		add(a.Users, a.DefaultPermissions, a.Name)
	}
	return c
}

// accountSpec translates an account.
func accountSpec(o *Options, a *config.Account) (account.Spec, error) {
	mappings, err := compileMappings(a.Mappings)
	if err != nil {
		return account.Spec{}, err
	}
	spec := account.Spec{
		Name: a.Name, Mappings: mappings,
		Limits: account.Limits{
			Connections: a.Limits.MaxConnections, Subscriptions: a.Limits.MaxSubscriptions, Payload: a.Limits.MaxPayload,
		},
	}
	for i := range a.Imports {
		imp, err := importSpec(o, a.Name, &a.Imports[i])
		if err != nil {
			return account.Spec{}, err
		}
		spec.Imports = append(spec.Imports, imp)
	}
	return spec, nil
}

// importSpec translates an import.
func importSpec(o *Options, importer string, i *config.Import) (account.Import, error) {
	c, err := i.Compile()
	if err != nil {
		return account.Import{}, err
	}
	var export *config.Export
	for n := range o.Accounts {
		if from := &o.Accounts[n]; from.Name == i.Account {
			export = from.Serves(importer, i.Service, i.Subject)
		}
	}
	if export == nil {
		return account.Import{}, fmt.Errorf("import of %q from account %q is not authorized", i.Subject, i.Account)
	}
	return account.Import{
		From: i.Account, Local: c.Local, Remote: c.Remote, In: c.In, Out: c.Out,
		Share: i.Share, AllowTrace: i.AllowTrace,
		Export: account.Export{
			Service: export.Service, Subject: export.Subject, Response: account.ResponseType(export.Response),
			Threshold: export.Threshold, AllowTrace: export.AllowTrace,
		},
	}, nil
}

// enforce puts users and accounts in force. Clients follow with [Server.review].
func (s *Server) enforce(a *access) {
	s.accounts.Replace(a.accounts)
	s.door.SetUsers(a.users)
}

// review makes clients follow a change of users or accounts.
func (s *Server) review() {
	for _, c := range s.env.Registry.All() {
		c.Review()
	}
}

// authRequired reports whether clients have to say who they are.
func (s *Server) authRequired() bool {
	required, _ := s.door.Required(s.env.Settings().Listener)
	return required
}

// clientListener and webListener say what each listener demands.
func clientListener(o *Options) *auth.Listener {
	return &auth.Listener{MapCertificate: o.TLS != nil && o.TLS.VerifyAndMap}
}

func webListener(o *Options) *auth.Listener {
	w := &o.WebSocket
	l := &auth.Listener{MapCertificate: w.TLS != nil && w.TLS.VerifyAndMap, NoAuthUser: w.NoAuthUser}
	if w.Login.User != "" || w.Login.Token != "" {
		l.Single = &auth.Single{User: w.Login.User, Password: w.Login.Password, Token: w.Login.Token}
	}
	return l
}

// compileMappings prepares the subject mappings of an account; nil when there
// are none.
func compileMappings(list []config.Mapping) (*subject.Mappings, error) {
	if len(list) == 0 {
		return nil, nil
	}
	compiled := make([]*subject.Mapping, 0, len(list))
	for i := range list {
		m, err := list[i].Compile()
		if err != nil {
			return nil, fmt.Errorf("Error adding mapping for %q: %w", list[i].Source, err)
		}
		compiled = append(compiled, m)
	}
	return subject.NewMappings("", compiled...), nil
}
