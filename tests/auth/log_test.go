package auth

import (
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// What an operator of a server reads about a configuration that is taken, but
// may not mean what it says.
func TestWarnings(t *testing.T) {
	t.Parallel()
	_, issuer := pair(t, nkeys.CreateAccount)
	someone := nats.UserInfo("someone", "")
	nobody := func(t testing.TB) *tree {
		return newTree(t, func(c *jwt.OperatorClaims) { c.SystemAccount = "" })
	}
	for _, tt := range []struct {
		name   string
		config func(t testing.TB) (text string, login nats.Option)
		says   string
	}{
		{"plain passwords", func(testing.TB) (string, nats.Option) {
			return "authorization { users: [{user: a, pass: a}] }\n", someone
		}, "Plaintext passwords detected, use nkeys or bcrypt"},
		{"no such callout account", func(testing.TB) (string, nats.Option) {
			return `authorization { users: [{user: a, pass: a}], auth_callout { issuer: ` + issuer + `, auth_users: [a], account: X } }`, someone
		}, `account "X"`},
		{"no system account", func(t testing.TB) (string, nats.Option) {
			tr := nobody(t)
			return tr.memory(tr.tenant("A")), someone
		}, "Trusted Operators should utilize a System Account"},
		{"system account to come", func(t testing.TB) (string, nats.Option) {
			tr := newTree(t, nil)
			return "operator: " + tr.operator + "\nresolver { type: full, dir: jwt }\n", someone
		}, "Using bootstrapping system account"},
		{"operators", func(t testing.TB) (string, nats.Option) { return newTree(t, nil).memory(), someone }, `Operator: "O"`},
		{"an account that is not valid", func(t testing.TB) (string, nats.Option) {
			tr := newTree(t, nil)
			a := tr.tenant("A")
			a.claims.Exports.Add(&jwt.Export{Subject: "a..b", Type: jwt.Stream})
			return tr.memory(a), someone
		}, "a..b"},
		{"an import from nowhere", func(t testing.TB) (string, nats.Option) {
			tr := newTree(t, nil)
			a, b := tr.tenant("A"), tr.tenant("B")
			a.claims.Imports.Add(&jwt.Import{Account: b.key, Subject: "s", Type: jwt.Service})
			return tr.memory(a), a.user("u", nil).option()
		}, "Can't locate account"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			proc.Each(t, func(t *testing.T, target *proc.Target) {
				text, login := tt.config(t)
				s := start(t, target, text)
				// The reference makes accounts and the callout ready for the
				// first who logs in; whether it lets that one in is not the point.
				dial(t, s, login)
				s.WaitLog(t, tt.says)
			})
		})
	}
}

// The reference says nothing about it until the configuration is read again.
func TestCalloutUserThatIsNot(t *testing.T) {
	t.Parallel()
	_, issuer := pair(t, nkeys.CreateAccount)
	s := start(t, proc.Dunlin,
		`authorization { users: [{user: a, pass: a}], auth_callout { issuer: `+issuer+`, auth_users: [b] } }`)
	s.WaitLog(t, `Authorization callout user "b" not valid`)
}
