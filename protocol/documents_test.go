package protocol

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInfoOnTheWire(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		info Info
		want string
	}{
		{
			"nothing set", Info{},
			`INFO {"server_id":"","server_name":"","version":"","proto":0,"go":"","host":"","port":0,"headers":false,"max_payload":0} ` + crlf,
		},
		{
			"everything set", fullInfo(),
			`INFO {"server_id":"NID","server_name":"n1","version":"2.15.2","proto":1,"git_commit":"abcdef0","go":"go1.26","host":"0.0.0.0","port":4222,` +
				`"headers":true,"auth_required":true,"tls_required":true,"tls_verify":true,"tls_available":true,"max_payload":1048576,"jetstream":true,` +
				`"ip":"10.0.0.1","client_id":7,"client_ip":"127.0.0.1","nonce":"abc","cluster":"c1","cluster_dynamic":true,"domain":"d","connect_urls":["a:1","[::1]:2"],` +
				`"ldm":true,"connect_info":true,"remote_account":"$G","acc_is_sys":true,"api_lvl":5,"xkey":"XK"} ` + crlf,
		},
	}
	for _, row := range rows {
		line := AppendInfo(nil, &row.info)
		if diff := cmp.Diff(row.want, string(line)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
		var p Parser
		var op Op
		if n, err := p.Next(line, &op); n != len(line) || err != nil {
			t.Fatalf("%s: Next = %d, %v", row.name, n, err)
		}
		got := Info{Name: "old", ConnectURLs: []string{"old:1"}}
		if err := ParseInfo(op.Arg, &got); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		if diff := cmp.Diff(row.info, got); diff != "" {
			t.Errorf("%s read back (-want +got):\n%s", row.name, diff)
		}
	}
}

func fullInfo() Info {
	return Info{
		ID: "NID", Name: "n1", Version: "2.15.2", Proto: 1, GitCommit: "abcdef0", GoVersion: "go1.26",
		Host: "0.0.0.0", Port: 4222, Headers: true, AuthRequired: true, TLSRequired: true, TLSVerify: true,
		TLSAvailable: true, MaxPayload: 1048576, JetStream: true, IP: "10.0.0.1", ClientID: 7,
		ClientIP: "127.0.0.1", Nonce: "abc", Cluster: "c1", ClusterDynamic: true, Domain: "d",
		ConnectURLs: []string{"a:1", "[::1]:2"}, LameDuck: true, ConnectInfo: true,
		RemoteAccount: "$G", IsSystem: true, APILevel: 5, XKey: "XK",
	}
}

func TestParseInfoRefusesWhatIsNoDocument(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"", "{bad", "[]", `{"port":"x"}`, "{} x"} {
		info := fullInfo()
		if err := ParseInfo([]byte(arg), &info); !errors.Is(err, ErrInfoJSON) {
			t.Errorf("%q: error %v", arg, err)
		}
		if diff := cmp.Diff(fullInfo(), info); diff != "" {
			t.Errorf("%q changed the document:\n%s", arg, diff)
		}
	}
}

func TestParseConnectMerges(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		args []string
		want func(*Connect)
	}{
		{"nothing said", []string{"{}"}, func(*Connect) {}},
		{"null", []string{"null"}, func(*Connect) {}},
		{"blanks around", []string{" {} \r"}, func(*Connect) {}},
		{"what a client sends", []string{`{"verbose":false,"pedantic":false,"tls_required":true,"name":"n","lang":"go","version":"1.2","protocol":1,"echo":false,"headers":true,"no_responders":true}`}, func(c *Connect) {
			*c = Connect{TLSRequired: true, Name: "n", Lang: "go", Version: "1.2", Protocol: 1, Headers: true, NoResponders: true}
		}},
		{"credentials", []string{`{"user":"u","pass":"p","auth_token":"t","jwt":"j","nkey":"n","sig":"s","proxy_sig":"x","account":"a","new_account":true}`}, func(c *Connect) {
			c.User, c.Pass, c.Token, c.JWT, c.NKey, c.Sig, c.ProxySig = "u", "p", "t", "j", "n", "s", "x"
			c.Account, c.NewAccount = "a", true
		}},
		{"names in any case", []string{`{"VERBOSE":false,"Auth_Token":"t"}`}, func(c *Connect) { c.Verbose, c.Token = false, "t" }},
		{"null keeps", []string{`{"verbose":null,"user":null}`}, func(*Connect) {}},
		{"unknown names", []string{`{"x":{"y":[1,2]},"user":"u"}`}, func(c *Connect) { c.User = "u" }},
		{"twice", []string{`{"user":"u","verbose":false}`, `{"pass":"p"}`}, func(c *Connect) { c.User, c.Pass, c.Verbose = "u", "p", false }},
	}
	for _, row := range rows {
		want := DefaultConnect()
		row.want(&want)
		got := DefaultConnect()
		for _, arg := range row.args {
			if err := ParseConnect([]byte(arg), &got); err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

func TestParseConnectRefusesWhatIsNoDocument(t *testing.T) {
	t.Parallel()
	rows := []string{
		"", " ", "X", "[]", "{bad", `{"user":"u"} x`, `{"verbose":1}`, `{"user":"u","protocol":1.0}`,
		`{"user":"u","pass":3}`, strings.Repeat(`{"a":`, 20000), strings.Repeat("[", 20000),
	}
	for _, arg := range rows {
		c := DefaultConnect()
		if err := ParseConnect([]byte(arg), &c); !errors.Is(err, ErrConnectJSON) {
			t.Errorf("%.40q: error %v", arg, err)
		}
		if diff := cmp.Diff(DefaultConnect(), c); diff != "" {
			t.Errorf("%.40q changed the document:\n%s", arg, diff)
		}
	}
}

func TestConnectOnTheWire(t *testing.T) {
	t.Parallel()
	c := Connect{Lang: "go", Version: "1", Protocol: 1, Echo: true, User: "u"}
	want := `CONNECT {"verbose":false,"pedantic":false,"tls_required":false,"user":"u","name":"","lang":"go",` +
		`"version":"1","protocol":1,"echo":true,"headers":false,"no_responders":false}` + crlf
	if diff := cmp.Diff(want, string(AppendConnect(nil, &c))); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

func TestConnectValidate(t *testing.T) {
	t.Parallel()
	rows := []struct {
		connect Connect
		want    error
	}{
		{DefaultConnect(), nil},
		{Connect{Protocol: 1, Headers: true, NoResponders: true}, nil},
		{Connect{Protocol: 2}, ErrClientProtocol},
		{Connect{Protocol: -1, NoResponders: true}, ErrClientProtocol},
		{Connect{NoResponders: true}, ErrNoRespondersHeaders},
	}
	for _, row := range rows {
		if got := row.connect.Validate(); !errors.Is(got, row.want) {
			t.Errorf("Validate of %+v = %v, want %v", row.connect, got, row.want)
		}
	}
}

func TestRedactConnect(t *testing.T) {
	t.Parallel()
	rows := []struct{ arg, want string }{
		{``, ``},
		{`{}`, `{}`},
		{`{"user":"u","name":"pass","jwt":"j"}`, `{"user":"u","name":"pass","jwt":"[REDACTED]"}`},
		{`{"auth_token":"a","auth_token2": "b" ,"pass":"c","password" : "d"}`, `{"auth_token":"[REDACTED]","auth_token2": "[REDACTED]" ,"pass":"[REDACTED]","password" : "[REDACTED]"}`},
		{`{"proxy_sig":"a","nkey":"b","sig":"c","signal":"d"}`, `{"proxy_sig":"[REDACTED]","nkey":"[REDACTED]","sig":"[REDACTED]","signal":"d"}`},
		{`{"pass":"a\"b\\","user":"u"}`, `{"pass":"[REDACTED]","user":"u"}`},
		{`{"pass":"a,b","pass":"c d"}`, `{"pass":"[REDACTED]","pass":"[REDACTED]"}`},
		{`{"PASS":"a","Sig":"b"}`, `{"PASS":"[REDACTED]","Sig":"[REDACTED]"}`},
		{`{"p\u0061ss":"a","paſſ":"b","nKey":"c"}`, `{"p\u0061ss":"[REDACTED]","paſſ":"[REDACTED]","nKey":"[REDACTED]"}`},
		{`{"pass":123,"sig":null}`, `{"pass":"[REDACTED]","sig":"[REDACTED]"}`},
		{`{"pass":{"a":["b",{"c":"}"}]},"x":1}`, `{"pass":"[REDACTED]","x":1}`},
		{`{"x":[{"pass":["a","b"]}],"y":1}`, `{"x":[{"pass":"[REDACTED]"}],"y":1}`},
		{`{"pass": 1 }`, `{"pass": "[REDACTED]" }`},
		{`{"name":"my \"pass\":\"x\""}`, `{"name":"my \"pass\":\"x\""}`},
		{`["pass","x"]`, `["pass","x"]`},
		{`{"pass":"unterminated}`, `[REDACTED]`},
		{`{pass:abc}`, `[REDACTED]`},
		{`{'pass':'abc'}`, `[REDACTED]`},
	}
	for _, row := range rows {
		got := string(RedactConnect([]byte("<<- "), []byte(row.arg)))
		if diff := cmp.Diff("<<- "+row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.arg, diff)
		}
	}
}
