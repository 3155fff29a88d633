package config

import (
	"errors"
	"fmt"

	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
)

// referenceVersion is the version of nats-server that operators may demand at
// least.
const referenceVersion = "2.15.2"

// operatorProblems returns what keeps a server with operators from starting.
func (o *Options) operatorProblems() []error {
	z := &o.Operators
	if !z.Enabled() {
		if z.DefaultSentinel != "" {
			return []error{errors.New("default sentinel requires operators and accounts")}
		}
		return nil
	}
	if _, err := jwtauth.NewOperators(z.Trusted, z.Keys); err != nil {
		return []error{err}
	}
	var errs []error
	add := func(bad bool, text string) {
		if bad {
			errs = append(errs, errors.New(text))
		}
	}
	add(z.Resolver.Type == NoResolver, "operators require an account resolver to be configured")
	add(len(o.Accounts) > 0, "operators do not allow Accounts to be configured directly")
	add(len(o.Authorization.Users) > 0 || o.Authorization.Single(), "operators do not allow users to be configured directly")
	add(o.NoAuthUser != "", "no_auth_user not compatible with Trusted Operator")
	add(o.Authorization.Callout != nil, "operators do not allow authorization callouts to be configured directly")
	for _, op := range z.Trusted {
		if err := op.CheckVersion(referenceVersion); err != nil {
			errs = append(errs, err)
		}
		add(len(z.Trusted) == 1 && op.SystemAccount != "" && o.SystemAccount != op.SystemAccount,
			"system_account in config and operator JWT must be identical")
	}
	kind := z.Resolver.Type
	add((kind == FullResolver || kind == CacheResolver) && !nkeys.IsValidPublicAccountKey(o.SystemAccount),
		"using nats based account resolver - the system account needs to be specified in configuration or the operator jwt")
	add(o.SystemAccount != "" && !nkeys.IsValidPublicAccountKey(o.SystemAccount), fmt.Sprintf("Can't set system account: %q is no account's key", o.SystemAccount))
	if z.DefaultSentinel != "" {
		if err := jwtauth.CheckSentinel(z.DefaultSentinel); err != nil {
			errs = append(errs, err)
		}
	}
	for _, key := range z.Pinned {
		add(!nkeys.IsValidPublicAccountKey(key), fmt.Sprintf("pinned account key %q is not a valid public account nkey", key))
	}
	return errs
}
