package auth

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"golang.org/x/crypto/bcrypt"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// hash is a bcrypt hash of a password, the cheapest that counts as one.
func hash(t testing.TB, password string) string {
	t.Helper()
	b, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	must(t, err)
	return string(b)
}

// signs shows an nkey and signs with another one, which should be the same.
func signs(key string, kp nkeys.KeyPair) nats.Option {
	return nats.Nkey(key, func(nonce []byte) ([]byte, error) { return kp.Sign(nonce) })
}

// Every kind of credentials, over every way in.
func TestCredentials(t *testing.T) {
	t.Parallel()
	proc.EachWay(t, func(t *testing.T, target *proc.Target, way proc.Way) {
		kp, key := pair(t, nkeys.CreateUser)
		other, otherKey := pair(t, nkeys.CreateUser)
		tr := newTree(t, nil)
		a := tr.tenant("A")
		bearer := a.user("b", func(c *jwt.UserClaims) { c.BearerToken = true })
		for _, tt := range []struct {
			name, config string
			good, bad    []nats.Option
		}{
			{"user and password", `authorization { user: u, password: p }`,
				[]nats.Option{nats.UserInfo("u", "p")}, []nats.Option{nats.UserInfo("u", "x"), nats.UserInfo("x", "p"), nats.Token("p")}},
			{"bcrypt", fmt.Sprintf(`authorization { users: [{user: u, password: %q}] }`, hash(t, "p")),
				[]nats.Option{nats.UserInfo("u", "p")}, []nats.Option{nats.UserInfo("u", "x"), nats.UserInfo("u", hash(t, "p"))}},
			{"token", `authorization { token: secret }`, []nats.Option{nats.Token("secret")}, []nats.Option{nats.Token("other"), nats.UserInfo("secret", "")}},
			{"bcrypt token", fmt.Sprintf(`authorization { token: %q }`, hash(t, "secret")), []nats.Option{nats.Token("secret")}, []nats.Option{nats.Token("other")}},
			{"nkey", `authorization { users: [{nkey: ` + key + `}] }`, []nats.Option{signs(key, kp)}, []nats.Option{signs(key, other), signs(otherKey, other)}},
			{"JWT", tr.memory(a), []nats.Option{a.user("u", nil).option(), bearer.option()}, []nats.Option{nats.UserInfo("u", "p"), signs(key, kp)}},
		} {
			s := proc.Start(t, target, proc.Options{Way: way, Config: tt.config})
			options := []nats.Option{nats.Compression(way.Compressed)}
			if way.TLS {
				options = append(options, nats.Secure(certs.Default().Config(false)))
			}
			for i, o := range tt.good {
				if _, err := dial(t, s, append(options, o)...); err != nil {
					t.Errorf("%s: good credentials %d: %v", tt.name, i, err)
				}
			}
			for i, o := range append(tt.bad, nats.Name("nobody")) {
				// Some clients are still writing when the server has closed.
				if _, err := dial(t, s, append(options, o)...); err == nil {
					t.Errorf("%s: bad credentials %d are good", tt.name, i)
				}
			}
		}
	})
}

// The certificate says who a client is, whatever the client says.
func TestCertificateAsUser(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		const tls = `tls { cert_file: "server.pem", key_file: "server.key", ca_file: "ca.pem", verify_and_map: true }`
		for listener, config := range map[string]string{"tcp": tls, "websocket": "websocket { port: -1, " + tls + " }"} {
			for name, want := range map[string]string{"localhost": "", "CN=client,O=dunlin tests": "", "nobody": violation} {
				s := proc.Start(t, target, proc.Options{Files: certs.Default().Files, Config: config + fmt.Sprintf(`
					accounts { A { users: [{user: %q}] }, B { users: [{user: other}] } }`, name)})
				url := s.URL()
				if listener == "websocket" {
					url = s.WebSocket()
				}
				nc, err := nats.Connect(url, nats.Secure(certs.Default().Config(true)), nats.UserInfo("other", ""), nats.NoReconnect(), nats.Timeout(proc.Patience))
				if err == nil {
					t.Cleanup(nc.Close)
				}
				switch {
				case want != "":
					if err == nil {
						t.Errorf("%s over %s is let in", name, listener)
					}
				case err != nil:
					t.Errorf("%s over %s: %v", name, listener, err)
				default:
					if got := at(ask(t, nc, "$SYS.REQ.USER.INFO", nil), "data", "account"); got != "A" {
						t.Errorf("%s over %s: in account %v", name, listener, got)
					}
				}
			}
		}
	})
}

// A browser's JWT stands in a cookie.
func TestCookies(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		u := a.user("b", func(c *jwt.UserClaims) { c.BearerToken = true })
		s := start(t, target, tr.memory(a)+"websocket { port: -1, no_tls: true, jwt_cookie: jwt }\n")
		with := func(name, value string) (*nats.Conn, error) {
			nc, err := nats.Connect(s.WebSocket(), nats.NoReconnect(), nats.Timeout(proc.Patience),
				nats.WebSocketConnectionHeaders(http.Header{"Cookie": {name + "=" + value}}))
			if err == nil {
				t.Cleanup(nc.Close)
			}
			return nc, err
		}
		nc, err := with("jwt", u.jwt)
		must(t, err)
		if got := at(ask(t, nc, "$SYS.REQ.USER.INFO", nil), "data", "user"); got != u.key {
			t.Errorf("the cookie's user is %v", got)
		}
		for name, token := range map[string]string{"other": u.jwt, "jwt": a.user("signs", nil).jwt} {
			// What the client says differs: it may still be writing.
			if _, err := with(name, token); err == nil {
				t.Errorf("cookie %s was let in", name)
			}
		}
	})
}

// A trusted proxy signs for its clients.
func TestProxies(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		kp, key := pair(t, nkeys.CreateServer)
		stranger, _ := pair(t, nkeys.CreateServer)
		s := start(t, target, `proxies { trusted: [{key: `+key+`}] }
			authorization { users: [{user: a, password: a, proxy_required: true}, {user: b, password: b}] }`)
		for _, tt := range []struct {
			user  string
			proxy nkeys.KeyPair
			good  bool
		}{{"a", kp, true}, {"b", kp, true}, {"b", nil, true}, {"a", nil, false}, {"a", stranger, false}, {"b", stranger, false}} {
			got := proxied(t, s, tt.user, tt.proxy)
			if want := "PONG\r\n"; tt.good && got != want || !tt.good && got != "-ERR 'Authorization Violation'\r\n" {
				t.Errorf("%s through %v: %q", tt.user, tt.proxy != nil, got)
			}
		}
	})
}

// proxied connects as a proxy would, that signs with a key pair or not at all, and
// returns what the server says.
func proxied(t testing.TB, s *proc.Server, user string, proxy nkeys.KeyPair) string {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr())
	must(t, err)
	defer nc.Close()
	must(t, nc.SetDeadline(time.Now().Add(proc.Patience)))
	in := bufio.NewReader(nc)
	line, err := in.ReadString('\n')
	must(t, err)
	var info struct {
		Nonce string `json:"nonce"`
	}
	must(t, json.Unmarshal([]byte(strings.TrimPrefix(line, "INFO ")), &info))
	sig := ""
	if proxy != nil {
		b, err := proxy.Sign([]byte(info.Nonce))
		must(t, err)
		sig = base64.RawURLEncoding.EncodeToString(b)
	}
	fmt.Fprintf(nc, "CONNECT {\"verbose\":false,\"user\":%q,\"pass\":%q,\"proxy_sig\":%q}\r\nPING\r\n", user, user, sig)
	line, err = in.ReadString('\n')
	must(t, err)
	return line
}
