package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
)

// tree is an operator with a system account, an account and a user.
type tree struct {
	operator, operatorJWT         string
	parsed                        operatorList
	account, accountJWT, system   string
	user, userJWT, sentinel, xkey string
}

// testTree is the one of all tests.
var testTree = newTree()

func newTree() (t tree) {
	pair := func(create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
		kp, err := create()
		if err != nil {
			panic(err)
		}
		key, err := kp.PublicKey()
		if err != nil {
			panic(err)
		}
		return kp, key
	}
	encode := func(c jwt.Claims, kp nkeys.KeyPair) string {
		token, err := c.Encode(kp)
		if err != nil {
			panic(err)
		}
		return token
	}
	var okp, akp nkeys.KeyPair
	okp, t.operator = pair(nkeys.CreateOperator)
	akp, t.account = pair(nkeys.CreateAccount)
	_, t.system = pair(nkeys.CreateAccount)
	_, t.user = pair(nkeys.CreateUser)
	_, t.xkey = pair(nkeys.CreateCurveKeys)
	oc := jwt.NewOperatorClaims(t.operator)
	oc.SystemAccount, oc.AccountServerURL = t.system, "http://h/jwt/v1"
	t.operatorJWT = encode(oc, okp)
	op, err := jwtauth.ParseOperator([]byte(t.operatorJWT))
	if err != nil {
		panic(err)
	}
	t.parsed = operatorList{op}
	t.accountJWT = encode(jwt.NewAccountClaims(t.account), okp)
	uc := jwt.NewUserClaims(t.user)
	t.userJWT = encode(uc, akp)
	uc.BearerToken = true
	t.sentinel = encode(uc, akp)
	return t
}

func TestOperators(t *testing.T) {
	t.Parallel()
	o := mustParse(t, `operator: `+testTree.operatorJWT+`, resolver_preload {`+testTree.account+`: `+testTree.accountJWT+`}`).WithDefaults()
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	if o.SystemAccount != testTree.system || len(o.Operators.Trusted) != 1 || o.Operators.Trusted[0].Key != testTree.operator {
		t.Errorf("%q %+v", o.SystemAccount, o.Operators.Trusted)
	}
	want := Resolver{Type: URLResolver, URL: "http://h/jwt/v1/accounts/", Timeout: DefaultResolverTimeout}
	if diff := cmp.Diff(want, o.Operators.Resolver); diff != "" {
		t.Errorf("where the operator says accounts are: -want +got:\n%s", diff)
	}
}

func TestResolvers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Resolver{
		`MEMORY`:             {Type: MemoryResolver, Timeout: DefaultResolverTimeout},
		`mem`:                {Type: MemoryResolver, Timeout: DefaultResolverTimeout},
		`URL(https://h/jwt)`: {Type: URLResolver, URL: "https://h/jwt/", Timeout: DefaultResolverTimeout},
		`"URL('http://h/')"`: {Type: URLResolver, URL: "http://h/", Timeout: DefaultResolverTimeout},
		`{type: full, dir: d, allow_delete: true, hard_delete: true, limit: 5, interval: "2m", timeout: "3s"}`: {
			Type: FullResolver, Dir: "d", AllowDelete: true, HardDelete: true, Limit: 5, Interval: 2 * time.Minute, Timeout: 3 * time.Second,
		},
		`{type: FULL, dir: d}`:             {Type: FullResolver, Dir: "d", Interval: time.Minute, Timeout: DefaultResolverTimeout},
		`{type: cache, dir: d, ttl: "1h"}`: {Type: CacheResolver, Dir: "d", Limit: 1000, TTL: time.Hour, Timeout: DefaultResolverTimeout},
	} {
		if diff := cmp.Diff(want, mustParse(t, "resolver: "+text).WithDefaults().Operators.Resolver); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
	}
}

func TestOperatorErrors(t *testing.T) {
	t.Parallel()
	const resolver = `c.conf:1:0: error parsing account resolver, should be MEM or  URL("url") or a map containing dir and type state=[FULL|CACHE])`
	for text, want := range map[string]string{
		`operator: eyJx`:              `c.conf:1:0: error parsing operator JWT: expected 3 chunks`,
		`operator: nowhere.jwt`:       `c.conf:1:0: error parsing operator JWT: open nowhere.jwt: no such file or directory`,
		`trusted: x`:                  `c.conf:1:0: trust key "x" required to be a valid public operator nkey`,
		`resolver: x`:                 resolver,
		`resolver: "URL(ftp://h)"`:    resolver,
		`resolver: {dir: d}`:          resolver,
		`resolver: {type: x, dir: d}`: `c.conf:1:11: ` + resolver[len("c.conf:1:0: "):],
		`resolver: {type: full}`:      `c.conf:1:0: dir has no value and needs to point to a directory`,
		`resolver: {type: cache, dir: d, interval: "1m"}`:                 `c.conf:1:0: CACHE does not accept sync`,
		`resolver: {type: cache, dir: d, allow_delete: true}`:             `c.conf:1:0: CACHE does not accept allow_delete`,
		`resolver: {type: cache, dir: d, hard_delete: true}`:              `c.conf:1:0: CACHE does not accept hard_delete`,
		`resolver: {type: full, dir: d, ttl: "1m"}`:                       `c.conf:1:0: FULL does not accept ttl`,
		`resolver: {type: full, dir: d, hard_delete: true}`:               `c.conf:1:0: hard_delete has no effect without delete`,
		`resolver: {type: full, dir: d, timeout: "0s"}`:                   `c.conf:1:0: Fetch timeout 0s is too smal`,
		`resolver_preload: x`:                                             `c.conf:1:0: preload should be a map of account_public_key:account_jwt`,
		`resolver_preload: {A: b}`:                                        `c.conf:1:19: invalid account JWT`,
		`resolver_pinned_accounts: [x]`:                                   `c.conf:1:0: pinned account key "x" is not a valid public account nkey`,
		`proxies: {trusted: [{kee: x}]}`:                                  `c.conf:1:21: unknown field "kee", did you mean "key"?`,
		`proxies: {trusted: [{key: abc}]}`:                                `c.conf:1:21: invalid proxy key "abc"`,
		`proxies: x`:                                                      `c.conf:1:0: expected proxies to be a map/struct, got string`,
		`proxies: {trusted: x}`:                                           `c.conf:1:10: expected proxies' trusted field to be an array, got string`,
		`proxies: {trusted: [x]}`:                                         `c.conf:1:20: expected proxies' trusted entry to be a map/struct, got string`,
		`authorization {auth_callout {issuer: ZZ}}`:                       `c.conf:1:29: Expected callout user to be a valid public account nkey, got "ZZ"`,
		`authorization {auth_callout {auth_users: [a]}}`:                  `c.conf:1:15: Authorization callouts require an issuer to be specified`,
		`authorization {auth_callout {issuer: ` + testTree.account + `}}`: `c.conf:1:15: Authorization callouts require authorized users to be specified`,
		`authorization {auth_callout {issuer: ` + testTree.account + `, auth_users: [a], xkey: abc}}`:             `c.conf:1:112: Expected callout xkey to be a valid public xkey, got "abc"`,
		`authorization {auth_callout {issuer: ` + testTree.account + `, auth_users: [a], allowed_accounts: [Q]}}`: `c.conf:1:0: auth_callout allowed account "Q" not found in configured accounts`,
		`authorization {auth_callout {issuer: ` + testTree.account + `, auth_users: [a], foo: 1}}`:                `c.conf:1:112: Unknown field "foo" parsing authorization callout`,
	} {
		if diff := cmp.Diff(want, complaints(text)); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

// What does not go together is found when the server starts.
func TestOperatorContradictions(t *testing.T) {
	t.Parallel()
	operator := `operator: ` + testTree.operatorJWT + `, `
	keys := `trusted: ` + testTree.operator + `, `
	for text, want := range map[string]string{
		operator + `resolver: MEMORY`:          ``,
		operator + keys + `resolver: MEMORY`:   `conflicting options for 'TrustedKeys' and 'TrustedOperators'`,
		keys:                                   `operators require an account resolver to be configured`,
		keys + `resolver: MEMORY`:              ``,
		keys + `resolver {type: full, dir: d}`: `using nats based account resolver - the system account needs to be specified in configuration or the operator jwt`,
		keys + `resolver {type: full, dir: d}, system_account: ` + testTree.system:                    ``,
		operator + `system_account: ` + testTree.account:                                              `system_account in config and operator JWT must be identical`,
		operator + `accounts {A {}}`:                                                                  `operators do not allow Accounts to be configured directly`,
		operator + `authorization {user: a, password: b}`:                                             `operators do not allow users to be configured directly`,
		operator + `authorization {users: [{user: a, password: b}]}, no_auth_user: a`:                 "operators do not allow users to be configured directly\nno_auth_user not compatible with Trusted Operator",
		operator + `authorization {auth_callout {issuer: ` + testTree.account + `, auth_users: [a]}}`: `operators do not allow authorization callouts to be configured directly`,
		`default_sentinel: x`:                               `default sentinel requires operators and accounts`,
		operator + `default_sentinel: x`:                    `default sentinel JWT not valid`,
		operator + `default_sentinel: ` + testTree.userJWT:  `default sentinel must be a bearer token`,
		operator + `default_sentinel: ` + testTree.sentinel: ``,
	} {
		if got := errorText(mustParse(t, text).Validate()); got != want {
			t.Errorf("%.60s…: %s\nwant %s", text, got, want)
		}
	}
}
