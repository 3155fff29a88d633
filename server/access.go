package server

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/client"
)

// access is who may connect and what the accounts are like, made of a
// configuration and ready to be put in force.
type access struct {
	users    *auth.Directory
	accounts []account.Spec
}

// newAccess compiles a configuration. It fails if something in it contradicts
// itself.
//
// somebody is the name of a user for clients without credentials where only the
// system account has users.
func newAccess(o *Options, somebody string) (*access, error) {
	users, err := auth.NewDirectory(directoryConfig(o, somebody))
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
	a.addSystem(o.SystemAccount)
	return a, nil
}

// systemServices are what every account takes in from the system account: local
// and remote subjects, the account's name in the place of %s. Who asks is told
// where the answer is about that.
var systemServices = []struct {
	local, remote string
	share         bool
}{
	{"$SYS.REQ.ACCOUNT.PING.CONNZ", "$SYS.REQ.ACCOUNT.%s.CONNZ", false},
	{"$SYS.REQ.SERVER.PING.CONNZ", "$SYS.REQ.ACCOUNT.%s.CONNZ", false},
	{"$SYS.REQ.ACCOUNT.PING.STATZ", "$SYS.REQ.ACCOUNT.%s.STATZ", false},
	{"$SYS.REQ.USER.INFO", "$SYS.REQ.USER.%s.INFO", true},
}

// addSystem adds the system account, unless it is empty or configured, and what
// the others take in from it.
func (a *access) addSystem(system string) {
	if system == "" {
		return
	}
	found := false
	for i := range a.accounts {
		spec := &a.accounts[i]
		if spec.Name == system {
			found = true
			continue
		}
		spec.Imports = append(spec.Imports, systemImports(system, spec.Name)...)
	}
	if !found {
		a.accounts = append(a.accounts, account.Spec{Name: system})
	}
}

// systemImports are what an account takes in from the system account. A name that
// cannot stand in a subject gets nothing.
func systemImports(system, name string) []account.Import {
	if !subject.ValidLiteral(name) {
		return nil
	}
	imports := make([]account.Import, 0, len(systemServices))
	for _, service := range systemServices {
		remote := strings.Replace(service.remote, "%s", name, 1)
		imports = append(imports, account.Import{
			From: system, Local: service.local, Remote: remote, Share: service.share,
			Export: account.Export{Service: true, Subject: remote, Response: account.Streamed},
		})
	}
	return imports
}

// directoryConfig translates who may connect.
func directoryConfig(o *Options, somebody string) auth.Config {
	z := &o.Authorization
	c := auth.Config{
		NoAuthUser: o.NoAuthUser, Proxies: o.Proxies.Keys(),
		Mapped: o.TLS != nil && o.TLS.VerifyAndMap || o.WebSocket.TLS != nil && o.WebSocket.TLS.VerifyAndMap,
	}
	if z.Single() {
		c.Single = &auth.Single{User: z.User, Password: z.Password, Token: z.Token, ProxyRequired: z.ProxyRequired}
	}
	c.Users = make([]auth.User, 0, countUsers(o)+1)
	add := func(users []config.User, defaults *perm.Rules, account string) {
		for i := range users {
			u := &users[i]
			rules := u.Permissions
			if rules == nil {
				rules = defaults
			}
			if answersCallouts(o, u, account) {
				rules = denyCalloutRequests(rules)
			}
			c.Users = append(c.Users, auth.User{
				Name: u.Name, Password: u.Password, NKey: u.NKey, Account: account, Permissions: rules, Types: u.Types, ProxyRequired: u.ProxyRequired,
			})
		}
	}
	add(z.Users, z.DefaultPermissions, account.Global)
	if onlySystemUsers(o) {
		c.Users = append(c.Users, auth.User{Name: somebody, Account: account.Global})
		c.NoAuthUser, c.Announce = somebody, true
	}
	for i := range o.Accounts {
		a := &o.Accounts[i]
		add(a.Users, a.DefaultPermissions, a.Name)
	}
	return c
}

// countUsers counts the users of a configuration.
func countUsers(o *Options) int {
	n := len(o.Authorization.Users)
	for i := range o.Accounts {
		n += len(o.Accounts[i].Users)
	}
	return n
}

// answersCallouts reports whether a user is a callout service.
func answersCallouts(o *Options, u *config.User, in string) bool {
	c := o.Authorization.Callout
	return c != nil && in == cmp.Or(c.Account, account.Global) && slices.Contains(c.Users, u.ID())
}

// onlySystemUsers reports whether a configuration says nothing of users but those
// of the system account, which then keep nobody else out.
func onlySystemUsers(o *Options) bool {
	return o.SystemAccount != "" && o.NoAuthUser == "" && !o.Authorization.Single() && len(o.Authorization.Users) == 0 &&
		len(o.Accounts) == 1 && o.Accounts[0].Name == o.SystemAccount && len(o.Accounts[0].Users) > 0
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
	if a.Trace.Dest != "" {
		spec.Tracing = &account.Tracing{Dest: a.Trace.Dest, Sampling: cmp.Or(a.Trace.Sampling, 100)}
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
			Threshold: export.Threshold, AllowTrace: export.AllowTrace, Latency: (*account.Latency)(export.Latency),
		},
	}, nil
}

// enforce puts users and accounts in force. Clients follow with [Server.review].
func (s *Server) enforce(a *access, o *Options) {
	if s.tenants != nil {
		s.tenants.setRules(o)
		s.door.Replace(s.tenants, s.tenants.delegate(o))
		return
	}
	s.accounts.Replace(a.accounts)
	s.door.Replace(a.users, s.configuredDelegate(o))
}

// trimAccount closes the newest clients of an account that has more than it may.
func (s *Server) trimAccount(a *account.Account) {
	limit := a.Limits().Connections
	if limit == account.Nobody {
		limit = 0
	} else if limit <= 0 {
		return
	}
	var members []*client.Client
	for _, c := range s.env.Registry.All() {
		if c.Account() == a && c.Identity() != nil {
			members = append(members, c)
		}
	}
	slices.SortFunc(members, func(x, y *client.Client) int { return cmp.Compare(x.ID(), y.ID()) })
	for _, c := range members[min(limit, len(members)):] {
		c.Fail(protocol.ErrMaxAccountConnections)
	}
}

// review makes clients follow a change of users or accounts.
func (s *Server) review() {
	for _, c := range s.env.Registry.All() {
		c.Review()
	}
	for _, a := range s.accounts.All() {
		s.trimAccount(a)
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
