package auth

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// service is a callout service of a test.
type service struct {
	t      testing.TB
	issuer nkeys.KeyPair // signs users and answers
	xkeys  nkeys.KeyPair // nil for a service that gets requests in the clear
	// decide makes the user and the answer of a request; what it leaves empty is
	// filled in so that everything is good.
	decide func(req *jwt.AuthorizationRequestClaims, u *jwt.UserClaims, resp *jwt.AuthorizationResponseClaims)
	raw    []byte // instead of an answer, if not nil
}

// serve answers the requests that come in on a connection.
func (s *service) serve(nc *nats.Conn) {
	s.t.Helper()
	_, err := nc.Subscribe("$SYS.REQ.USER.AUTH", func(m *nats.Msg) {
		if answer := s.answer(m); answer != nil {
			_ = m.Respond(answer)
		}
	})
	must(s.t, err)
	must(s.t, nc.FlushTimeout(proc.Patience))
}

func (s *service) answer(m *nats.Msg) []byte {
	if s.raw != nil {
		return s.raw
	}
	body, xkey := m.Data, m.Header.Get("Nats-Server-Xkey")
	if s.xkeys != nil {
		var err error
		if body, err = s.xkeys.Open(body, xkey); err != nil {
			s.t.Errorf("request: %v", err)
			return nil
		}
	}
	req, err := jwt.DecodeAuthorizationRequestClaims(string(body))
	if err != nil {
		s.t.Errorf("request: %v", err)
		return nil
	}
	u := jwt.NewUserClaims(req.UserNkey)
	u.Audience = "APP"
	resp := jwt.NewAuthorizationResponseClaims(req.UserNkey)
	resp.Audience = req.Server.ID
	s.decide(req, u, resp)
	if resp.Error == "" && resp.Jwt == "" {
		if resp.Jwt, err = u.Encode(s.issuer); err != nil {
			s.t.Errorf("user: %v", err)
		}
	}
	token, err := resp.Encode(s.issuer)
	if err != nil {
		s.t.Errorf("answer: %v", err)
		return nil
	}
	if s.xkeys == nil {
		return []byte(token)
	}
	sealed, err := s.xkeys.Seal([]byte(token), xkey)
	if err != nil {
		s.t.Errorf("answer: %v", err)
	}
	return sealed
}

// letIn lets everybody in whose password is right.
func letIn(req *jwt.AuthorizationRequestClaims, u *jwt.UserClaims, resp *jwt.AuthorizationResponseClaims) {
	if req.ConnectOptions.Password != "right" {
		resp.Error = "wrong password"
		return
	}
	u.Name = "called-" + req.ConnectOptions.Username
	u.Pub.Allow.Add("$SYS.REQ.USER.INFO", "ok")
}

// configured is the configuration of a server with a callout service.
func configured(issuer, more string) string {
	return fmt.Sprintf(`
		accounts {
			AUTH { users: [{user: service, password: s}] }
			APP { users: [{user: local, password: l}] }
			SYS { users: [{user: sys, password: s}] }
		}
		system_account: SYS
		authorization {
			timeout: 1
			auth_callout { issuer: %s, account: AUTH, auth_users: [service, sys] %s }
		}`, issuer, more)
}

func TestCallout(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		issuer, key := pair(t, nkeys.CreateAccount)
		s := start(t, target, configured(key, ""))
		svc := &service{t: t, issuer: issuer, decide: letIn}
		svc.serve(connect(t, s, nats.UserInfo("service", "s")))
		nc := connect(t, s, nats.UserInfo("bob", "right"))
		data := ask(t, nc, "$SYS.REQ.USER.INFO", nil)["data"]
		if at(data, "user") != "called-bob" || at(data, "account") != "APP" {
			t.Errorf("it is told %v", data)
		}
		errs := make(chan error, 1)
		nc.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { errs <- err })
		must(t, nc.Publish("other", nil))
		if got := receive(t, errs); !strings.Contains(got, `permissions violation for publish to "other"`) {
			t.Error(got)
		}
		refused(t, s, violation, nats.UserInfo("bob", "wrong"))
		refused(t, s, violation, nats.UserInfo("local", "l")) // good credentials, and the service says no
		s.WaitLog(t, "Auth callout service returned an error: wrong password")
	})
}

// Neither side of the exchange may be read or forged by others in the account.
func TestSealedCallout(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		issuer, key := pair(t, nkeys.CreateAccount)
		xkeys, xkey := pair(t, nkeys.CreateCurveKeys)
		s := start(t, target, configured(key, ", xkey: "+xkey))
		svc := &service{t: t, issuer: issuer, xkeys: xkeys, decide: letIn}
		svc.serve(connect(t, s, nats.UserInfo("service", "s")))
		connect(t, s, nats.UserInfo("bob", "right"))
		refused(t, s, violation, nats.UserInfo("bob", "wrong"))
	})
}

func TestServiceMayNotAskItself(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		_, key := pair(t, nkeys.CreateAccount)
		s := start(t, target, configured(key, ""))
		errs := make(chan error, 1)
		nc := connect(t, s, nats.UserInfo("service", "s"), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { errs <- err }))
		must(t, nc.Publish("$SYS.REQ.USER.AUTH", []byte("x")))
		if got := receive(t, errs); !strings.Contains(got, "permissions violation") {
			t.Error(got)
		}
	})
}

// The service gets to see what a TLS handshake has shown.
func TestCalloutSeesCertificates(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		issuer, key := pair(t, nkeys.CreateAccount)
		s := proc.Start(t, target, proc.Options{Files: certs.Default().Files, Config: configured(key, "") + `
			websocket { port: -1, tls { cert_file: "server.pem", key_file: "server.key", ca_file: "ca.pem", verify: true } }`})
		seen := make(chan error, 1)
		svc := &service{t: t, issuer: issuer, decide: func(req *jwt.AuthorizationRequestClaims, _ *jwt.UserClaims, _ *jwt.AuthorizationResponseClaims) {
			c := req.TLS
			if c == nil || c.Version != "1.3" || c.Cipher == "" || len(c.VerifiedChains) != 1 || len(c.VerifiedChains[0]) != 2 ||
				c.VerifiedChains[0][0] != certs.Default().Files["client.pem"] || len(c.Certs) > 0 || req.ClientInformation.Type != "websocket" {
				seen <- fmt.Errorf("told of %+v, %+v", c, req.ClientInformation)
				return
			}
			seen <- nil
		}}
		svc.serve(connect(t, s, nats.UserInfo("service", "s")))
		nc, err := nats.Connect(s.WebSocket(), nats.Secure(certs.Default().Config(true)), nats.UserInfo("bob", "x"), nats.NoReconnect(), nats.Timeout(proc.Patience))
		must(t, err)
		t.Cleanup(nc.Close)
		if got := receive(t, seen); got != "<nil>" {
			t.Error(got)
		}
	})
}

// What is wrong with an answer stands in the log and in an event of the service's
// account, and never on the wire.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		issuer, key := pair(t, nkeys.CreateAccount)
		stranger, _ := pair(t, nkeys.CreateAccount)
		_, otherUser := pair(t, nkeys.CreateUser)
		_, otherServer := pair(t, nkeys.CreateServer)
		s := start(t, target, configured(key, ""))
		nc := connect(t, s, nats.UserInfo("service", "s"))
		events, err := nc.SubscribeSync("$SYS.ACCOUNT.CLIENT.AUTH.ERR")
		must(t, err)
		svc := &service{t: t, issuer: issuer}
		svc.serve(nc)
		type decide = func(*jwt.AuthorizationRequestClaims, *jwt.UserClaims, *jwt.AuthorizationResponseClaims)
		for _, tt := range []struct {
			name   string
			raw    []byte
			signer nkeys.KeyPair
			decide decide
			want   string
		}{
			{name: "nothing", raw: []byte{}, want: `Auth callout violation: "no reason supplied" on account "AUTH"`},
			{name: "garbage", raw: []byte("x"), want: "Expected 3 chunks"},
			{name: "another user", decide: func(_ *jwt.AuthorizationRequestClaims, _ *jwt.UserClaims, r *jwt.AuthorizationResponseClaims) {
				r.Subject = otherUser
			},
				want: "Auth callout violation: auth callout response is not for expected user"},
			{name: "another server", decide: func(_ *jwt.AuthorizationRequestClaims, _ *jwt.UserClaims, r *jwt.AuthorizationResponseClaims) {
				r.Audience = otherServer
			},
				want: "Auth callout violation: auth callout response is not for server"},
			{name: "no server", decide: func(_ *jwt.AuthorizationRequestClaims, _ *jwt.UserClaims, r *jwt.AuthorizationResponseClaims) {
				r.Audience = "x"
			},
				want: "Authorization response had validation errors: Audience must be a server public key"},
			{name: "signed by a stranger", signer: stranger, decide: func(*jwt.AuthorizationRequestClaims, *jwt.UserClaims, *jwt.AuthorizationResponseClaims) {},
				want: "Auth callout signing key is unknown"},
			{name: "no account", decide: func(_ *jwt.AuthorizationRequestClaims, u *jwt.UserClaims, _ *jwt.AuthorizationResponseClaims) {
				u.Audience = "NONE"
			},
				want: `No valid account "NONE" for auth callout response on account "AUTH": account missing`},
			{name: "an issuer account", decide: func(_ *jwt.AuthorizationRequestClaims, u *jwt.UserClaims, _ *jwt.AuthorizationResponseClaims) {
				u.IssuerAccount = key
			},
				want: `Error non operator mode account "AUTH": attempted to use issuer_account`},
			{name: "another listener", decide: func(_ *jwt.AuthorizationRequestClaims, u *jwt.UserClaims, _ *jwt.AuthorizationResponseClaims) {
				u.AllowedConnectionTypes.Add("MQTT")
			}, want: `Authorized user on account "AUTH" not allowed to use connection type`},
			{name: "no time", decide: func(_ *jwt.AuthorizationRequestClaims, u *jwt.UserClaims, _ *jwt.AuthorizationResponseClaims) {
				now := time.Now()
				u.Times = []jwt.TimeRange{{Start: now.Add(time.Hour).Format("15:04:05"), End: now.Add(2 * time.Hour).Format("15:04:05")}}
			}, want: `Authorized user on account "AUTH" outside of valid connect times`},
		} {
			svc.raw, svc.decide, svc.issuer = tt.raw, tt.decide, issuer
			if tt.signer != nil {
				svc.issuer = tt.signer
			}
			refused(t, s, violation, nats.UserInfo("bob", "x"))
			m, err := events.NextMsg(proc.Patience)
			if err != nil {
				t.Fatalf("%s: no event", tt.name)
			}
			if !strings.Contains(string(m.Data), strings.ReplaceAll(tt.want, `"`, `\"`)) {
				t.Errorf("%s: %s\nwant %s", tt.name, m.Data, tt.want)
			}
		}
	})
}

// A service that does not answer lets nobody in.
func TestSilentService(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		_, key := pair(t, nkeys.CreateAccount)
		s := start(t, target, configured(key, ""))
		refused(t, s, violation, nats.UserInfo("local", "l")) // nobody is there
		nc := connect(t, s, nats.UserInfo("service", "s"))
		_, err := nc.SubscribeSync("$SYS.REQ.USER.AUTH")
		must(t, err)
		must(t, nc.FlushTimeout(proc.Patience))
		refused(t, s, violation, nats.UserInfo("local", "l"))
		s.WaitLog(t, `Authorization callout response not received in time on account "AUTH"`)
	})
}

func TestCalloutOfSomeAccounts(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		issuer, key := pair(t, nkeys.CreateAccount)
		s := start(t, target, configured(key, ", allowed_accounts: [AUTH]"))
		svc := &service{t: t, issuer: issuer, decide: letIn}
		svc.serve(connect(t, s, nats.UserInfo("service", "s")))
		connect(t, s, nats.UserInfo("local", "l")) // of an account that the service has no say in
		refused(t, s, violation, nats.UserInfo("local", "x"))
		connect(t, s, nats.UserInfo("bob", "right")) // unknown, and so everybody's
	})
}

func TestCalloutOfAnOperatorsAccount(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a, app, other := tr.tenant("AUTH"), tr.tenant("APP"), tr.tenant("OTHER")
		server := a.user("service", nil)
		a.claims.EnableExternalAuthorization(server.key)
		a.claims.Authorization.AllowedAccounts.Add(app.key)
		sentinel := a.user("sentinel", func(c *jwt.UserClaims) { c.BearerToken = true; c.Pub.Deny.Add(">"); c.Sub.Deny.Add(">") })
		s := start(t, target, tr.memory(a, app, other)+"authorization { timeout: 1 }\ndefault_sentinel: "+sentinel.jwt+"\n")
		svc := &service{t: t, issuer: a.keys}
		target2 := app
		svc.decide = func(req *jwt.AuthorizationRequestClaims, u *jwt.UserClaims, resp *jwt.AuthorizationResponseClaims) {
			if req.ConnectOptions.Password != "right" {
				resp.Error = "no"
				return
			}
			u.Audience = ""
			u.Name = req.ConnectOptions.Username
			token, err := u.Encode(target2.keys)
			if err != nil {
				t.Errorf("user: %v", err)
			}
			resp.Jwt = token
		}
		svc.serve(connect(t, s, server.option()))
		nc := connect(t, s, nats.UserInfo("bob", "right"))
		data := ask(t, nc, "$SYS.REQ.USER.INFO", nil)["data"]
		if at(data, "account") != app.key || at(data, "user") != "bob" {
			t.Errorf("it is told %v", data)
		}
		refused(t, s, violation, nats.UserInfo("bob", "wrong"))
		target2 = other
		refused(t, s, violation, nats.UserInfo("bob", "right"))
		s.WaitLog(t, fmt.Sprintf(`Account %q not permitted as valid account option for auth callout for account %q`, other.key, a.key))
	})
}
