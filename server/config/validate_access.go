package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// globalAccount is the account of clients that belong to no other, systemAccount
// the one that carries the server's own messages.
const (
	globalAccount = "$G"
	systemAccount = "$SYS"
)

// reservedAccount reports whether accounts of that name cannot be configured.
func reservedAccount(name string) bool { return name == globalAccount }

// account returns the configured account of that name, or nil.
func (o *Options) account(name string) *Account {
	for i := range o.Accounts {
		if o.Accounts[i].Name == name {
			return &o.Accounts[i]
		}
	}
	return nil
}

// accessProblems returns what users and accounts contradict in each other. The
// problems of imports and exports stand where these are written, the others
// nowhere.
func (o *Options) accessProblems() []Problem {
	var r report
	o.checkUsers(&r)
	o.checkShares(&r)
	o.checkCallout(&r)
	return r.problems
}

// checkUsers reports users that cannot be told apart.
func (o *Options) checkUsers(r *report) {
	count := len(o.Authorization.Users)
	for i := range o.Accounts {
		count += len(o.Accounts[i].Users)
	}
	names := make(map[string]bool, count)
	add := func(users []User) {
		for i := range users {
			id := users[i].ID()
			switch {
			case !names[id]:
				names[id] = true
			case users[i].NKey != "":
				r.errorf(syntax.Pos{}, "Duplicate nkey %q detected", id)
			default:
				r.errorf(syntax.Pos{}, "Duplicate user %q detected", id)
			}
		}
	}
	add(o.Authorization.Users)
	for i := range o.Accounts {
		add(o.Accounts[i].Users)
	}
	switch a := &o.Authorization; {
	case len(names) == len(a.Users):
	case a.Token != "":
		r.errorf(syntax.Pos{}, "Can not have a token and accounts")
	case a.Single():
		r.errorf(syntax.Pos{}, "Can not have a single user/pass and accounts")
	}
}

// checkNoAuthUser says why a user without credentials cannot be that one, or "".
func (o *Options) checkNoAuthUser(name string) error {
	if name == "" {
		return nil
	}
	some := len(o.Authorization.Users) > 0
	for _, u := range o.Authorization.Users {
		if u.ID() == name {
			return nil
		}
	}
	for i := range o.Accounts {
		for _, u := range o.Accounts[i].Users {
			some = true
			if u.ID() == name {
				return nil
			}
		}
	}
	if !some {
		return fmt.Errorf("no_auth_user: %q present, but users/nkeys are not defined", name)
	}
	return fmt.Errorf("no_auth_user: %q not present as user or nkey in authorization block or account configuration", name)
}

// checkShares reports exports and imports that cannot work.
func (o *Options) checkShares(r *report) {
	byName := make(map[string]*Account, len(o.Accounts))
	for i := range o.Accounts {
		byName[o.Accounts[i].Name] = &o.Accounts[i]
	}
	for i := range o.Accounts {
		a := &o.Accounts[i]
		for j := range a.Exports {
			e := &a.Exports[j]
			if err := a.checkExport(e, byName); err != nil {
				r.errorf(e.at, "%v", err)
			} else if e.Latency != nil && o.NoSystemAccount {
				r.errorf(e.at, "Error adding service latency sampling for %q: system account not setup", e.Subject)
			}
		}
	}
	for i := range o.Accounts {
		a := &o.Accounts[i]
		for j := range a.Imports {
			if err := a.checkImport(j, byName); err != nil {
				r.errorf(a.Imports[j].at, "%v", err)
			}
		}
	}
}

// checkExport says what is wrong with an export.
func (a *Account) checkExport(e *Export, accounts map[string]*Account) error {
	name := kindOf(e.Service)
	for _, to := range e.Accounts {
		if accounts[to] == nil && to != systemAccount {
			return fmt.Errorf("%q account not defined for %s export", to, name)
		}
	}
	failed := func(err error) error { return fmt.Errorf("Error adding %s export %q: %w", name, e.Subject, err) }
	if !subject.Valid(e.Subject) {
		return failed(subject.ErrInvalidSubject)
	}
	if e.TokenPosition > 0 {
		if e.Private {
			return failed(errors.New("accounts and account_token_position exclude each other"))
		}
		tokens := strings.Split(e.Subject, ".")
		if e.TokenPosition > len(tokens) || tokens[e.TokenPosition-1] != "*" {
			return failed(errors.New("sublist: invalid subject"))
		}
	}
	return a.checkLatency(e)
}

// checkLatency says why the latency of a service cannot be measured.
func (a *Account) checkLatency(e *Export) error {
	if e.Latency == nil {
		return nil
	}
	failed := func(why string) error {
		return fmt.Errorf("Error adding service latency sampling for %q on subject %q: %s", e.Subject, e.Latency.Subject, why)
	}
	if e.Response != Singleton {
		return failed("bad service response type")
	}
	if !subject.ValidLiteral(e.Latency.Subject) {
		return failed("invalid publish subject")
	}
	for i := range a.Exports {
		if x := &a.Exports[i]; x.Service && subject.Match(x.Subject, e.Latency.Subject) {
			return failed("invalid publish subject")
		}
	}
	return nil
}

// errors of imports.
var (
	errNotAuthorized = errors.New("import not authorized")
	errCycle         = errors.New("import forms a cycle")
	errImportTwice   = errors.New("import already exists")
)

// checkImport says what is wrong with the import of that number.
func (a *Account) checkImport(number int, accounts map[string]*Account) error {
	i := &a.Imports[number]
	name := kindOf(i.Service)
	from := accounts[i.Account]
	if from == nil {
		return fmt.Errorf("%q account not defined for %s import", i.Account, name)
	}
	failed := func(err error) error {
		if err == errNotAuthorized || err == errImportTwice {
			err = fmt.Errorf("%s %w", name, err)
		}
		return fmt.Errorf("Error adding %s import %q: %w", name, i.Subject, err)
	}
	for j := range a.Imports[:number] {
		other := &a.Imports[j]
		if other.Service != i.Service || other.Account != i.Account {
			continue
		}
		if i.Service && other.Local() == i.Local() {
			return fmt.Errorf("Duplicate service import subject %q, previously used in import for account %q, subject %q",
				i.Local(), other.Account, other.Subject)
		}
		if !i.Service && other.Subject == i.Subject {
			return failed(errImportTwice)
		}
	}
	if from.Serves(a.Name, i.Service, i.Subject) == nil {
		return failed(errNotAuthorized)
	}
	if _, err := i.Compile(); err != nil {
		return failed(err)
	}
	if i.Account != a.Name && leadsBack(from, i.Service, i.Subject, accounts, map[string]bool{a.Name: true}) {
		return failed(errCycle)
	}
	return nil
}

// leadsBack reports whether what an account gives away under a subject is
// something that it takes in, through any number of accounts, from one that was
// visited already.
func leadsBack(at *Account, service bool, subj string, accounts map[string]*Account, visited map[string]bool) bool {
	if visited[at.Name] {
		return true
	}
	visited[at.Name] = true
	defer delete(visited, at.Name)
	for j := range at.Imports {
		i := &at.Imports[j]
		if i.Service != service || i.Account == at.Name || !subject.Overlap(unnumbered(i.Local()), subj) {
			continue
		}
		from := accounts[i.Account]
		if from != nil && leadsBack(from, service, i.Subject, accounts, visited) {
			return true
		}
	}
	return false
}

// unnumbered is a local subject with its references as wildcards.
func unnumbered(local string) string {
	if !strings.ContainsAny(local, "${") {
		return local
	}
	tokens := strings.Split(local, ".")
	for i, token := range tokens {
		if strings.HasPrefix(token, "$") && len(token) > 1 && token[1] >= '0' && token[1] <= '9' || strings.HasPrefix(token, "{{") {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, ".")
}
