package websocket

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// head is a good request with further lines.
func head(target string, lines ...string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: here.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
		strings.Join(append(lines, ""), "\r\n") + "\r\n"
}

// parse reads a request that is good HTTP.
func parse(t *testing.T, text string) *handshake.Request {
	t.Helper()
	r, n, err := handshake.Limits{}.ParseRequest([]byte(text))
	if err != nil || n != len(text) {
		t.Fatalf("%q: %d, %v", text, n, err)
	}
	return &r
}

// verdict is what Judge says of a request.
type verdict struct {
	Kind                  Kind
	Compression, Unmasked bool
	Frame, Compressed     int
	Forwarded             string
	Credentials           Credentials
	Status                int    // of a refusal
	Reason                string // of a refusal
}

func judge(f *Front, r *handshake.Request, peer string, secure bool) verdict {
	u, err := f.Judge(r, netip.MustParseAddr(peer), secure)
	if err != nil {
		e := handshake.AsError(err)
		return verdict{Status: e.Status, Reason: e.Reason}
	}
	v := verdict{
		Kind: u.Kind, Compression: u.Compression, Unmasked: u.Unmasked,
		Frame: u.FrameLimit, Compressed: u.CompressedFrameLimit, Credentials: u.Credentials,
	}
	if u.Forwarded.IsValid() {
		v.Forwarded = u.Forwarded.String()
	}
	return v
}

const (
	chrome = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
	safari = "User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15"
	offer  = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
)

// everything is a front where nothing is off.
func everything(t *testing.T) *Front {
	t.Helper()
	origins, err := handshake.NewOrigins(false, []string{"https://app.example"})
	if err != nil {
		t.Fatal(err)
	}
	return &Front{
		Origins: origins, Compression: true, Leafnodes: true, MQTT: true,
		Trusts:  func(a netip.Addr) bool { return a == netip.MustParseAddr("10.0.0.1") },
		Cookies: Cookies{JWT: "j", User: "u", Pass: "p", Token: "t"},
	}
}

// nothing is a front where everything is off.
func nothing(*testing.T) *Front { return &Front{} }

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		front   func(*testing.T) *Front // everything if nil
		request string
		peer    string // 192.0.2.7 if empty
		want    verdict
	}{
		{name: "client", request: head("/"), want: verdict{}},
		{name: "client, with less", front: nothing, request: head("/"), want: verdict{}},
		{name: "behind a proxy's path", request: head("/a/b?c=/mqtt"), want: verdict{}},
		{name: "leaf node", request: head("/leafnode"), want: verdict{Kind: Leafnode}},
		{name: "leaf node behind a proxy's path", request: head("/a/leafnode"), want: verdict{Kind: Leafnode}},
		{name: "no leaf node", request: head("/leafnode/"), want: verdict{}},
		{name: "MQTT", request: head("/mqtt"), want: verdict{Kind: MQTT}},
		{name: "MQTT behind a proxy's path", request: head("/x/mqtt?y"), want: verdict{Kind: MQTT}},
		{name: "escapes do not count", request: head("/%6dqtt"), want: verdict{}},
		{name: "another suffix", request: head("/xmqtt"), want: verdict{}},
		{name: "letters have a case", request: head("/MQTT"), want: verdict{}},
		{name: "MQTT is off", front: nothing, request: head("/mqtt"),
			want: verdict{Status: 404, Reason: "mqtt websocket endpoint not enabled"}},
		{name: "MQTT is off: that comes first", front: nothing, request: strings.Replace(head("/mqtt"), "GET", "PUT", 1),
			want: verdict{Status: 404, Reason: "mqtt websocket endpoint not enabled"}},
		{name: "leaf nodes are off", front: nothing, request: head("/leafnode"),
			want: verdict{Status: 404, Reason: "Not configured to accept leaf node connections"}},

		{name: "compression", request: head("/", offer), want: verdict{Compression: true}},
		{name: "compression is off", front: nothing, request: head("/", offer), want: verdict{}},
		{name: "another extension", request: head("/", "Sec-WebSocket-Extensions: x-webkit-deflate-frame"), want: verdict{}},
		{name: "unmasked", request: head("/", "Nats-No-Masking: true"), want: verdict{Unmasked: true}},
		{name: "unmasked, another value", request: head("/", "Nats-No-Masking: 1"), want: verdict{}},
		{name: "unmasked leaf node", request: head("/leafnode", "nats-no-masking: true"), want: verdict{Kind: Leafnode, Unmasked: true}},

		{name: "browser", request: head("/", chrome), want: verdict{Frame: 4096, Compressed: 4096}},
		{name: "Safari", request: head("/", safari), want: verdict{Frame: 4096}},
		{name: "no browser", request: head("/", "User-Agent: curl/8 Mozilla/5.0"), want: verdict{}},
		{name: "browser for MQTT", request: head("/mqtt", chrome), want: verdict{Kind: MQTT, Frame: 4096, Compressed: 4096}},
		{name: "leaf nodes are no browsers", request: head("/leafnode", chrome), want: verdict{Kind: Leafnode}},

		{name: "forwarded", peer: "10.0.0.1", request: head("/", "X-Forwarded-For: 203.0.113.9"), want: verdict{Forwarded: "203.0.113.9"}},
		{name: "forwarded, IPv6", peer: "10.0.0.1", request: head("/", "X-Forwarded-For: 2001:db8::1"), want: verdict{Forwarded: "2001:db8::1"}},
		{name: "forwarded by a stranger", request: head("/", "X-Forwarded-For: 203.0.113.9"), want: verdict{}},
		{name: "forwarded, nobody is trusted", front: nothing, peer: "10.0.0.1", request: head("/", "X-Forwarded-For: 203.0.113.9"), want: verdict{}},
		{name: "forwarded, a list", peer: "10.0.0.1", request: head("/", "X-Forwarded-For: 203.0.113.9, 10.0.0.2"), want: verdict{}},
		{name: "forwarded, no address", peer: "10.0.0.1", request: head("/", "X-Forwarded-For: unknown"), want: verdict{}},

		{name: "cookies", request: head("/", "Cookie: j=1; u=2; p=3; t=4"),
			want: verdict{Credentials: Credentials{JWT: "1", User: "2", Pass: "3", Token: "4"}}},
		{name: "cookies for MQTT", request: head("/mqtt", "Cookie: u=2"),
			want: verdict{Kind: MQTT, Credentials: Credentials{User: "2"}}},
		{name: "no cookies for leaf nodes", request: head("/leafnode", "Cookie: u=2"), want: verdict{Kind: Leafnode}},
		{name: "the first cookie of a name", request: head("/", "Cookie: u=first; u=second", "Cookie: u=third"),
			want: verdict{Credentials: Credentials{User: "first"}}},
		{name: "several lines", request: head("/", "Cookie: u=2", "Cookie: p=3"),
			want: verdict{Credentials: Credentials{User: "2", Pass: "3"}}},
		{name: "other cookies", request: head("/", "Cookie: U=2; jj=1; session=x"), want: verdict{}},
		{name: "cookies that nobody wants", front: nothing, request: head("/", "Cookie: u=2; =3"), want: verdict{}},

		{name: "origin", request: head("/", "Origin: https://app.example"), want: verdict{}},
		{name: "another origin", request: head("/", "Origin: https://other.example"),
			want: verdict{Status: 403, Reason: "origin not allowed: not in the allowed list"}},
		{name: "any origin", front: nothing, request: head("/", "Origin: https://other.example"), want: verdict{}},
		{name: "method", request: strings.Replace(head("/"), "GET", "POST", 1),
			want: verdict{Status: http.StatusMethodNotAllowed, Reason: "request method must be GET"}},
		{name: "upgrade", request: strings.Replace(head("/"), "websocket", "h2c", 1),
			want: verdict{Status: 400, Reason: "invalid value for header 'Upgrade'"}},
		{name: "connection", request: strings.Replace(head("/"), "Connection: Upgrade", "Connection: close", 1),
			want: verdict{Status: 400, Reason: "invalid value for header 'Connection'"}},
		{name: "no key", request: strings.Replace(head("/"), "dGhlIHNhbXBsZSBub25jZQ==", "", 1),
			want: verdict{Status: 400, Reason: "key missing"}},
		{name: "key", request: strings.Replace(head("/"), "dGhlIHNhbXBsZSBub25jZQ==", "AAAA", 1),
			want: verdict{Status: 400, Reason: "invalid websocket key"}},
		{name: "version", request: strings.Replace(head("/"), ": 13", ": 8", 1),
			want: verdict{Status: 400, Reason: "invalid version"}},
		{name: "body", request: head("/", "Content-Length: 1"),
			want: verdict{Status: 400, Reason: "client sent data before handshake is complete"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			front, peer := tt.front, tt.peer
			if front == nil {
				front = everything
			}
			if peer == "" {
				peer = "192.0.2.7"
			}
			if diff := cmp.Diff(tt.want, judge(front(t), parse(t, tt.request), peer, false), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSameOriginDependsOnTLS(t *testing.T) {
	t.Parallel()
	origins, err := handshake.NewOrigins(true, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &Front{Origins: origins}
	r := parse(t, head("/", "Origin: https://here.example"))
	if v := judge(f, r, "192.0.2.7", true); v.Status != 0 {
		t.Errorf("with TLS: %+v", v)
	}
	if v := judge(f, r, "192.0.2.7", false); v.Status != 403 || v.Reason != "origin not allowed: not same origin" {
		t.Errorf("without TLS: %+v", v)
	}
}

func TestPathsAreTheListenersOwn(t *testing.T) {
	t.Parallel()
	f := &Front{Serves: func(path string) bool { return path == "/nats" }}
	peer := netip.MustParseAddr("192.0.2.7")
	if _, err := f.judgeAt(parse(t, head("/nats?x")), peer, false); err != nil {
		t.Errorf("at its path: %v", err)
	}
	if _, err := f.judgeAt(parse(t, head("/")), peer, false); handshake.AsError(err).Status != 404 {
		t.Errorf("elsewhere: %v", err)
	}
}

// FuzzJudge: a request has a verdict, whatever it says, and one that is
// accepted makes an answer that ends where it should.
func FuzzJudge(f *testing.F) {
	for _, target := range []string{"/", "/mqtt", "/leafnode", "/a?b", "*"} {
		f.Add([]byte(head(target, chrome, offer, "Nats-No-Masking: true", "Cookie: j=1; u=\"2\"; =; p", "X-Forwarded-For: ::1")), true)
		f.Add([]byte(head(target, safari, "Origin: https://app.example", "Sec-WebSocket-Protocol: mqtt")), false)
	}
	origins, err := handshake.NewOrigins(false, []string{"https://app.example"})
	if err != nil {
		f.Fatal(err)
	}
	front := &Front{
		Origins: origins, Compression: true, Leafnodes: true, MQTT: true,
		Trusts: netip.Addr.IsLoopback, Cookies: Cookies{JWT: "j", User: "u", Pass: "p", Token: "t"},
	}
	peer := netip.MustParseAddr("127.0.0.1")
	f.Fuzz(func(t *testing.T, b []byte, secure bool) {
		r, n, err := front.Limits.ParseRequest(b)
		if err != nil || n == 0 {
			return
		}
		u, err := front.Judge(&r, peer, secure)
		if err != nil {
			if status := handshake.AsError(err).Status; status < 400 || status > 499 {
				t.Errorf("refused with %d: %v", status, err)
			}
			return
		}
		if u.CompressedFrameLimit > u.FrameLimit || u.FrameLimit != 0 && u.FrameLimit != browserFrame {
			t.Errorf("limits %d and %d", u.FrameLimit, u.CompressedFrameLimit)
		}
		c := u.Credentials
		if got := len(c.JWT) + len(c.User) + len(c.Pass) + len(c.Token); got > n {
			t.Errorf("%d bytes of credentials in a request of %d", got, n)
		}
		resp := front.response(&r, u)
		answer := string(handshake.AppendResponse(nil, &resp))
		if !strings.HasPrefix(answer, "HTTP/1.1 101 ") || strings.Index(answer, "\r\n\r\n") != len(answer)-4 || len(answer) > 1024 {
			t.Errorf("answer %q", answer)
		}
	})
}
