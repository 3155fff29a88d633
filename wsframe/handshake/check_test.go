package handshake

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// good returns a handshake that passes every check, with the lines called in
// replace exchanged or, where the value is "-", left out.
func good(replace ...Field) *Request {
	r := &Request{Method: "GET", Target: "/", Path: "/", Host: "a", Minor: 1, KeepAlive: true}
	for _, f := range []Field{
		{"Host", "a"}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"},
		{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}, {"Sec-WebSocket-Version", "13"},
	} {
		for _, other := range replace {
			if f.is(other.Name) {
				f.Value = other.Value
			}
		}
		if f.Value != "-" {
			r.Fields = append(r.Fields, f)
		}
	}
	return r
}

// with adds header lines.
func (r *Request) with(fields ...Field) *Request {
	r.Fields = append(r.Fields, fields...)
	return r
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	post := good()
	post.Method = "POST"
	lower := good()
	lower.Method = "get"
	noHost := good(Field{"Host", "-"})
	noHost.Host, noHost.Minor = "", 0
	body := good()
	body.Body = true
	origins := mustOrigins(t, true, "http://b")
	tests := []struct {
		name    string
		request *Request
		status  int
		reason  string
	}{
		{"method", post, 405, "request method must be GET"},
		{"method in lower case", lower, 405, "request method must be GET"},
		{"host", noHost, 400, "'Host' missing in request"},
		{"no Upgrade", good(Field{"Upgrade", "-"}), 400, "invalid value for header 'Upgrade'"},
		{"other Upgrade", good(Field{"Upgrade", "h2c, websocket2"}), 400, "invalid value for header 'Upgrade'"},
		{"no Connection", good(Field{"Connection", "-"}), 400, "invalid value for header 'Connection'"},
		{"other Connection", good(Field{"Connection", "keep-alive; Upgrade"}), 400, "invalid value for header 'Connection'"},
		{"no key", good(Field{"Sec-WebSocket-Key", "-"}), 400, "key missing"},
		{"empty key", good(Field{"Sec-WebSocket-Key", ""}), 400, "key missing"},
		{"key that is no base64", good(Field{"Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!=="}), 400, "invalid websocket key"},
		{"key in the other base64", good(Field{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j__=="}), 400, "invalid websocket key"},
		{"key of 15 bytes", good(Field{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j"}), 400, "invalid websocket key"},
		{"key of 17 bytes", good(Field{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQA="}), 400, "invalid websocket key"},
		{"key of 18 bytes", good(Field{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQAA"}), 400, "invalid websocket key"},
		{"long key", good(Field{"Sec-WebSocket-Key", strings.Repeat("A", 1000)}), 400, "invalid websocket key"},
		{"no version", good(Field{"Sec-WebSocket-Version", "-"}), 400, "invalid version"},
		{"old version", good(Field{"Sec-WebSocket-Version", "8"}), 400, "invalid version"},
		{"foreign origin", good().with(Field{"Origin", "http://b"}), 403, "origin not allowed: not same origin"},
		{"own origin, not listed", good().with(Field{"Origin", "http://a"}), 403, "origin not allowed: not in the allowed list"},
		{"no origin that is one", good().with(Field{"Origin", "null"}), 403, `origin not allowed: parse "null": invalid URI for request`},
		{"body", body, 400, "client sent data before handshake is complete"},
		// The first thing that is wrong decides.
		{"everything", &Request{Method: "PUT", Body: true}, 405, "request method must be GET"},
		{"everything but the method", &Request{Method: "GET", Body: true}, 400, "'Host' missing in request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := Check(tt.request, origins, false)
			if err == nil {
				t.Fatal("passed")
			}
			e := AsError(err)
			if e.Status != tt.status || e.Reason != tt.reason || e.Fatal {
				t.Errorf("%d %q, fatal %v, want %d %q", e.Status, e.Reason, e.Fatal, tt.status, tt.reason)
			}
		})
	}
}

func TestCheckPasses(t *testing.T) {
	t.Parallel()
	old := good()
	old.Minor = 0
	tests := []struct {
		name    string
		request *Request
	}{
		{"plain", good()},
		{"any case", good(Field{"Upgrade", "WebSocket"}, Field{"Connection", "upgrade"})},
		{"lists", good(Field{"Upgrade", "h2c ,\twebsocket"}, Field{"Connection", "keep-alive, Upgrade"}, Field{"Sec-WebSocket-Version", "8, 13"})},
		{"lists over lines", good(Field{"Upgrade", "h2c"}, Field{"Connection", "keep-alive"}, Field{"Sec-WebSocket-Version", ""}).with(
			Field{"upgrade", "websocket"}, Field{"connection", "Upgrade"}, Field{"SEC-WEBSOCKET-VERSION", "13"})},
		{"HTTP/1.0", old},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := Check(tt.request, nil, false); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAcceptKeyOfTheRFC(t *testing.T) {
	t.Parallel()
	if got, want := AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// A key of any length has an answer; Check is what refuses it.
	if got := AcceptKey(strings.Repeat("A", 100)); len(got) != acceptSize {
		t.Errorf("%q has %d characters", got, len(got))
	}
}

func TestSelectProtocol(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		offered   []Field
		supported []string
		want      string
	}{
		{"nothing offered", nil, []string{"mqtt"}, ""},
		{"nothing supported", []Field{{"Sec-WebSocket-Protocol", "mqtt"}}, nil, ""},
		{"one", []Field{{"Sec-WebSocket-Protocol", "mqtt"}}, []string{"mqtt"}, "mqtt"},
		{"best of the server", []Field{{"Sec-WebSocket-Protocol", "a, b ,c"}}, []string{"c", "b"}, "c"},
		{"over lines", []Field{{"Sec-WebSocket-Protocol", "a"}, {"sec-websocket-protocol", "mqttv3.1,mqtt"}}, []string{"mqtt"}, "mqtt"},
		{"case counts", []Field{{"Sec-WebSocket-Protocol", "MQTT"}}, []string{"mqtt"}, ""},
		{"part of a name", []Field{{"Sec-WebSocket-Protocol", "mqttv3.1"}}, []string{"mqtt"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := SelectProtocol(good().with(tt.offered...), tt.supported...); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	r := good().with(Field{"X-A", "1"}, Field{"x-a", "2"}, Field{"X-B", ""})
	if a, b, none := r.Header("x-A"), r.Header("X-B"), r.Header("X-C"); a != "1" || b != "" || none != "" {
		t.Errorf("headers %q, %q, %q", a, b, none)
	}
	if diff := cmp.Diff([]string{"0", "1", "2"}, r.AppendValues([]string{"0"}, "X-A")); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	for v := range r.Values("X-A") {
		if v != "1" {
			t.Errorf("first value %q", v)
		}
		break
	}
}

func TestCookiesAreThoseOfNetHTTP(t *testing.T) {
	t.Parallel()
	lines := []string{
		"", "a=b", "a=b; c=d", "a=b;c=d; ", " a = b ", `a="b c"`, `a="b`, `a=b"c`, "a", "a=", "=b", "a b=c", "a=b=c", "a=\x7f; b=c",
		"a=\xc3\xa4; b=c", `a=b\c; d=e`, ";;a=b", "a=b, c=d", `a="";b=""`, `a="`,
	}
	for _, line := range lines {
		std := http.Request{Header: http.Header{"Cookie": {line, "last=1"}}}
		var want, got []Field
		for _, c := range std.Cookies() {
			want = append(want, Field{c.Name, c.Value})
		}
		for name, value := range good().with(Field{"Cookie", line}, Field{"cookie", "last=1"}).Cookies() {
			got = append(got, Field{name, value})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cookies of %q (-net/http +ours):\n%s", line, diff)
		}
	}
	for name := range good().with(Field{"Cookie", "a=1; b=2"}).Cookies() {
		if name != "a" {
			t.Errorf("first cookie %q", name)
		}
		break
	}
}
