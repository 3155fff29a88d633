package auth

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// No password, token, JWT or signature stands in a log, a monitoring page, an event
// or an answer, however much the server is told to talk.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	kp, key := pair(t, nkeys.CreateUser)
	tr := newTree(t, nil)
	a := tr.tenant("A")
	u := a.user("u", nil)
	var signature string // that the last client made
	signing := func(kp nkeys.KeyPair) func([]byte) ([]byte, error) {
		return func(nonce []byte) ([]byte, error) {
			sig, err := kp.Sign(nonce)
			signature = base64.RawURLEncoding.EncodeToString(sig)
			return sig, err
		}
	}
	for name, tt := range map[string]struct {
		config  string
		options []nats.Option
		secrets []string
		system  nats.Option
	}{
		"password": {`accounts { A { users: [{user: u, password: "hushpassword"}] }, "$SYS" { users: [{user: s, password: "hushsystem"}] } }`,
			[]nats.Option{nats.UserInfo("u", "hushpassword")}, []string{"hushpassword", "hushsystem"}, nats.UserInfo("s", "hushsystem")},
		"token": {`authorization { token: "hushtoken" }`, []nats.Option{nats.Token("hushtoken")}, []string{"hushtoken"}, nil},
		"nkey":  {`authorization { users: [{nkey: ` + key + `}] }`, []nats.Option{nats.Nkey(key, signing(kp))}, nil, nil},
		"JWT":   {tr.memory(a), []nats.Option{nats.UserJWT(func() (string, error) { return u.jwt, nil }, signing(u.keys))}, []string{strings.Split(u.jwt, ".")[2]}, nil},
	} {
		s := proc.Start(t, proc.Dunlin, proc.Options{Config: tt.config, Args: []string{"-DVV"}})
		said := &strings.Builder{}
		if tt.system != nil {
			sys := connect(t, s, tt.system)
			events, err := sys.SubscribeSync("$SYS.>")
			must(t, err)
			must(t, sys.FlushTimeout(proc.Patience))
			defer func() {
				for !strings.Contains(said.String(), "Authentication Failure") {
					m, err := events.NextMsg(proc.Patience)
					must(t, err)
					said.Write(m.Data)
				}
				look(t, name+": events", said.String(), append(tt.secrets, "wronghush"))
			}()
		}
		nc := connect(t, s, tt.options...)
		must(t, nc.FlushTimeout(proc.Patience))
		if signature != "" {
			tt.secrets = append(tt.secrets, signature)
			signature = ""
		}
		_, err := dial(t, s, nats.UserInfo("u", "wronghush"))
		look(t, name+": refusal", fmt.Sprint(err), tt.secrets)
		for _, page := range []string{"/varz", "/connz?auth=1&subs=detail", "/connz?state=closed&auth=1", "/accountz?acc=A", "/subsz?subs=1", "/debug/vars"} {
			_, body := s.Get(t, page)
			secrets := append(tt.secrets, "wronghush")
			if name == "JWT" && strings.HasPrefix(page, "/connz") {
				secrets = nil // which shows it, as the reference does: without its key it lets nobody in
			}
			look(t, name+": "+page, body, secrets)
		}
		look(t, name+": log", s.Log(), append(tt.secrets, "wronghush"))
		r := proc.Run(t, proc.Dunlin, s.Dir, "-t", "-c", s.Config)
		look(t, name+": -t", r.Stdout+r.Stderr, tt.secrets)
	}
}

func look(t testing.TB, where, text string, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if i := strings.Index(text, secret); i >= 0 {
			t.Errorf("%s shows %q: …%.80s", where, secret, text[max(0, i-60):])
		}
	}
}

// A JWT that alone lets its bearer in is shown to nobody.
func TestBearersStaySecret(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		bearer, signer := a.user("b", func(c *jwt.UserClaims) { c.BearerToken = true; c.Tags.Add("t:x") }), a.user("s", nil)
		s := start(t, target, tr.memory(a))
		connect(t, s, bearer.option())
		connect(t, s, signer.option())
		var page struct {
			Connections []struct {
				User    string   `json:"authorized_user"`
				Account string   `json:"account"`
				JWT     string   `json:"jwt"`
				Issuer  string   `json:"issuer_key"`
				NameTag string   `json:"name_tag"`
				Tags    []string `json:"tags"`
			} `json:"connections"`
		}
		s.GetJSON(t, "/connz?auth=1", &page)
		if len(page.Connections) != 2 {
			t.Fatalf("%+v", page)
		}
		for i, u := range []*user{bearer, signer} {
			c := page.Connections[i]
			if c.User != u.key || c.Account != a.key || c.Issuer != a.key || c.NameTag != "A" {
				t.Errorf("%+v", c)
			}
			if shown := c.JWT == u.jwt; shown != (u == signer) {
				t.Errorf("the JWT of user %d is shown: %v", i, shown)
			}
		}
		if got := page.Connections[0].Tags; len(got) != 1 || got[0] != "t:x" {
			t.Errorf("tags %v", got)
		}
	})
}

// A program with a credentials file, as operations use it.
func TestCommandLineClient(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		tr := newTree(t, nil)
		a := tr.tenant("A")
		s := start(t, target, tr.memory(a))
		r := proc.CLI(t, s.URL(), "--creds", a.user("u", nil).creds(t), "account", "info")
		if !strings.Contains(r.Stdout, a.key) {
			t.Errorf("account info: %s %s", r.Stdout, r.Stderr)
		}
		r = proc.CLI(t, s.URL(), "--creds", tr.system.user("s", nil).creds(t), "server", "list")
		if !strings.Contains(r.Stdout+r.Stderr, "Server Overview") {
			t.Errorf("server list: %s %s", r.Stdout, r.Stderr)
		}
		kp, key := pair(t, nkeys.CreateUser)
		seed, err := kp.Seed()
		must(t, err)
		file := t.TempDir() + "/user.nk"
		must(t, os.WriteFile(file, seed, 0o600))
		s = start(t, target, `accounts { A { users: [{nkey: `+key+`}, {user: u, password: p}] } }`)
		for _, args := range [][]string{{"--nkey", file}, {"--user", "u", "--password", "p"}} {
			if r := proc.CLI(t, s.URL(), append(args, "rtt")...); !strings.Contains(r.Stdout, s.URL()) {
				t.Errorf("%v: %s %s", args, r.Stdout, r.Stderr)
			}
		}
	})
}
