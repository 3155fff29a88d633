package auth

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// ask sends a request and decodes its answer.
func ask(t testing.TB, nc *nats.Conn, subject string, body []byte) map[string]any {
	t.Helper()
	msg, err := nc.Request(subject, body, proc.Patience)
	if err != nil {
		t.Fatalf("%s: %v", subject, err)
	}
	var doc map[string]any
	if err := json.Unmarshal(msg.Data, &doc); err != nil {
		t.Fatalf("%s: %q: %v", subject, msg.Data, err)
	}
	return doc
}

// at follows keys into a document; nil if there is no such thing.
func at(doc any, keys ...string) any {
	for _, key := range keys {
		m, _ := doc.(map[string]any)
		doc = m[key]
	}
	return doc
}

func TestUserOfAnOperator(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		u := a.user("bob", func(c *jwt.UserClaims) { c.Pub.Allow.Add("$SYS.REQ.USER.INFO", "x"); c.Sub.Deny.Add("z") })
		s := start(t, target, tr.memory(a))
		nc := connect(t, s, nats.UserCredentials(u.creds(t)))
		data := ask(t, nc, "$SYS.REQ.USER.INFO", nil)["data"]
		for want, got := range map[string]any{
			u.key: at(data, "user"), a.key: at(data, "account"), "A": at(data, "account_name"), "bob": at(data, "user_name"),
		} {
			if got != want {
				t.Errorf("it is told %v, want %s", got, want)
			}
		}
		errs := make(chan error, 1)
		nc.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { errs <- err })
		must(t, nc.Publish("y", nil))
		if got := receive(t, errs); !strings.Contains(got, `permissions violation for publish to "y"`) {
			t.Error(got)
		}
		s.WaitLog(t, `Authenticated JWT: Client "`+u.key+`" (claim-name: "bob"`)
	})
}

func TestUsersThatAreNotLetIn(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr, other := newTree(t, nil), newTree(t, nil)
		a, bare := tr.tenant("A"), tr.tenant("BARE")
		stranger := other.tenant("X")
		signing, key := pair(t, nkeys.CreateAccount)
		a.claims.SigningKeys.Add(key)
		bare.claims.Limits.Conn = 0
		a.claims.Limits.DisallowBearer = true
		revoked := a.user("r", nil)
		a.claims.RevokeAt(revoked.key, time.Now().Add(time.Minute))
		s := start(t, target, tr.memory(a, bare))
		for name, u := range map[string]*user{
			"of another operator":   stranger.user("u", nil),
			"expired":               a.user("u", func(c *jwt.UserClaims) { c.Expires = 1 }),
			"too early":             a.user("u", func(c *jwt.UserClaims) { c.NotBefore = time.Now().Add(time.Hour).Unix() }),
			"revoked":               revoked,
			"bearer":                a.user("u", func(c *jwt.UserClaims) { c.BearerToken = true }),
			"elsewhere":             a.user("u", func(c *jwt.UserClaims) { c.Src.Add("192.0.2.0/24") }),
			"websocket":             a.user("u", func(c *jwt.UserClaims) { c.AllowedConnectionTypes.Add(jwt.ConnectionTypeWebsocket) }),
			"signed by a stranger":  a.signed("u", stranger.keys, nil),
			"without its account":   a.signed("u", signing, func(c *jwt.UserClaims) { c.IssuerAccount = "" }),
			"through a proxy alone": a.user("u", func(c *jwt.UserClaims) { c.ProxyRequired = true }),
		} {
			t.Log(name)
			refused(t, s, violation, u.option())
		}
		refused(t, s, "maximum account active connections exceeded", bare.user("u", nil).option())
		refused(t, s, violation, nats.UserInfo("a", "b"))
		refused(t, s, violation)
		good := a.user("u", nil)
		forged := &user{keys: revoked.keys, key: good.key, jwt: good.jwt}
		refused(t, s, violation, forged.option())
		connect(t, s, good.option())
		connect(t, s, a.signed("u", signing, nil).option())
	})
}

func TestScopedUser(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		signing, key := pair(t, nkeys.CreateAccount)
		scope := jwt.NewUserScope()
		scope.Key, scope.Role = key, "r"
		scope.Template.Pub.Allow.Add("u.{{name()}}.>", "t.{{tag(dept)}}", "$SYS.REQ.USER.INFO")
		a.claims.SigningKeys.AddScopedSigner(scope)
		s := start(t, target, tr.memory(a))
		u := a.signed("bob", signing, func(c *jwt.UserClaims) {
			c.UserPermissionLimits = jwt.UserPermissionLimits{}
			c.Tags.Add("dept:x", "dept:y")
		})
		nc := connect(t, s, u.option())
		allow, _ := at(ask(t, nc, "$SYS.REQ.USER.INFO", nil), "data", "permissions", "publish", "allow").([]any)
		got := map[any]bool{}
		for _, s := range allow {
			got[s] = true
		}
		for _, want := range []string{"u.bob.>", "t.x", "t.y", "$SYS.REQ.USER.INFO"} {
			if !got[want] {
				t.Errorf("%v is allowed, want %s too", allow, want)
			}
		}
		refused(t, s, violation, a.signed("own rights", signing, func(c *jwt.UserClaims) { c.Pub.Allow.Add("x") }).option())
	})
}

func TestImportsOfOperatorsAccounts(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a, b := tr.tenant("A"), tr.tenant("B")
		a.claims.Exports = jwt.Exports{
			{Subject: "svc.*", Type: jwt.Service}, {Subject: "str.>", Type: jwt.Stream},
			{Subject: "private", Type: jwt.Service, TokenReq: true},
		}
		activation := jwt.NewActivationClaims(b.key)
		activation.ImportSubject, activation.ImportType = "private", jwt.Service
		token, err := activation.Encode(a.keys)
		must(t, err)
		b.claims.Imports = jwt.Imports{
			{Account: a.key, Subject: "svc.*", LocalSubject: "ask.$1", Type: jwt.Service},
			{Account: a.key, Subject: "str.>", LocalSubject: "from.a.>", Type: jwt.Stream},
			{Account: a.key, Subject: "private", Type: jwt.Service, Token: token},
			{Account: a.key, Subject: "unknown", Type: jwt.Service},
		}
		s := start(t, target, tr.memory(a, b))
		na, nb := connect(t, s, a.user("a", nil).option()), connect(t, s, b.user("b", nil).option())
		for _, subject := range []string{"svc.*", "private", "unknown"} {
			_, err := na.Subscribe(subject, func(m *nats.Msg) { must(t, m.Respond([]byte(m.Subject))) })
			must(t, err)
		}
		must(t, na.FlushTimeout(proc.Patience))
		for local, want := range map[string]string{"ask.x": "svc.x", "private": "private"} {
			m, err := nb.Request(local, nil, proc.Patience)
			if err != nil || string(m.Data) != want {
				t.Errorf("%s: %v %v, want %s", local, m, err, want)
			}
		}
		if _, err := nb.Request("unknown", nil, proc.Patience); err != nats.ErrNoResponders {
			t.Errorf("what nobody exports: %v", err)
		}
		sub, err := nb.SubscribeSync("from.a.>")
		must(t, err)
		must(t, nb.FlushTimeout(proc.Patience))
		must(t, na.Publish("str.x.y", []byte("hi")))
		if m, err := sub.NextMsg(proc.Patience); err != nil || m.Subject != "from.a.x.y" {
			t.Errorf("%v %v", m, err)
		}
	})
}

func TestUserThatExpires(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		s := start(t, target, tr.memory(a))
		closed := make(chan error, 1)
		connect(t, s, a.user("u", func(c *jwt.UserClaims) { c.Expires = time.Now().Add(2 * time.Second).Unix() }).option(), firstError(closed))
		if got := receive(t, closed); !strings.Contains(got, "authentication expired") {
			t.Error(got)
		}
	})
}
