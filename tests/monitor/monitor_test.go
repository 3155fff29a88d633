package monitor

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMain(m *testing.M) { proc.Main(m) }

// ours are the fields that dunlin adds to the reference's documents.
var ours = []string{"dunlin_version"}

// compare asks both servers for a page and compares the documents.
func compare(t *testing.T, dunlin, reference *proc.Server, path string) {
	t.Helper()
	documents := map[*proc.Server]map[string]string{}
	for _, s := range []*proc.Server{dunlin, reference} {
		status, body := s.Get(t, path)
		flat, err := flatten(body)
		if err != nil || status != http.StatusOK {
			t.Fatalf("%s: GET %s: status %d, %v", s.Target, path, status, err)
		}
		documents[s] = flat
	}
	for _, field := range ours {
		delete(documents[dunlin], field)
	}
	if diff := cmp.Diff(documents[reference], documents[dunlin]); diff != "" {
		t.Errorf("%s (- reference, + dunlin):\n%s", path, diff)
	}
}

// pair starts both servers with the same options.
func pair(t *testing.T, options proc.Options) (dunlin, reference *proc.Server) {
	t.Helper()
	return proc.Start(t, proc.Dunlin, options), proc.Start(t, proc.Reference, options)
}

// visit connects one client with two subscriptions and some traffic to each
// server.
func visit(t *testing.T, servers ...*proc.Server) {
	t.Helper()
	for _, s := range servers {
		nc, err := nats.Connect(s.URL(), nats.Name("visitor"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		for _, subject := range []string{"a.b", "a.*"} {
			if _, err := nc.SubscribeSync(subject); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := nc.QueueSubscribeSync("a.>", "workers"); err != nil {
			t.Fatal(err)
		}
		if err := nc.Publish("a.b", []byte("hello")); err != nil {
			t.Fatal(err)
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPagesAreTheSame compares every page of a server without and with a
// client.
func TestPagesAreTheSame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		visited bool
		paths   []string
	}{
		{name: "general", paths: []string{"/varz"}},
		{name: "general with a client", visited: true, paths: []string{"/varz"}},
		{name: "connections", paths: []string{"/connz"}},
		{name: "connections with a client", visited: true, paths: []string{
			"/connz", "/connz?auth=1", "/connz?subs=1&sort=cid", "/connz?subs=detail&auth=true",
			"/connz?state=all", "/connz?limit=0", "/connz?limit=5&offset=0", "/connz?offset=7", "/connz?state=open&acc=$G",
			"/connz?acc=unknown", "/connz?user=nobody", "/connz?cid=99999", "/connz?state=closed",
		}},
		{name: "subscriptions", paths: []string{"/subsz", "/subscriptionsz"}},
		{name: "health", paths: []string{
			"/healthz", "/healthz?js-enabled-only=1", "/healthz?js-server-only=true", "/healthz?details=1",
		}},
		{name: "routes, when off", visited: true, paths: []string{"/routez", "/routez?subs=1"}},
		{name: "gateways, when off", visited: true, paths: []string{"/gatewayz"}},
		{name: "leaf nodes, when off", visited: true, paths: []string{"/leafz", "/leafz?subs=1"}},
		{name: "streams, when off", visited: true, paths: []string{"/jsz", "/jsz?accounts=1"}},
		{name: "raft, when off", visited: true, paths: []string{"/ipqueuesz"}},
		{name: "accounts, when there is only the global one", visited: true, paths: []string{
			"/accstatz", "/accstatz?unused=1",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dunlin, reference := pair(t, proc.Options{Config: "server_name: same\n"})
			if test.visited {
				visit(t, dunlin, reference)
			}
			for _, path := range test.paths {
				compare(t, dunlin, reference, path)
			}
		})
	}
}

// TestConfiguredValuesAreShown compares /varz of servers with many options.
func TestConfiguredValuesAreShown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, config string }{
		{"limits", "max_connections: 50\nmax_subscriptions: 9\nmax_control_line: 2KB\nmax_payload: 10KB\nmax_pending: 1MB\n"},
		{"timing", "ping_interval: \"7s\"\nping_max: 4\nwrite_deadline: \"3s\"\nwrite_timeout: retry\n"},
		{"naming", "server_name: west\nserver_tags: [ \"Zone:B\", az1 ]\nserver_metadata: { rack: r1 }\n"},
		{"addresses", "client_advertise: \"example.org:1234\"\nhttp_base_path: \"/\"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(test.config, "server_name") {
				test.config += "server_name: same\n"
			}
			dunlin, reference := pair(t, proc.Options{Config: test.config})
			compare(t, dunlin, reference, "/varz")
		})
	}
}

// answer is what a request got, without the body's volatile parts.
type answer struct {
	Status      int
	ContentType string
	AnyOrigin   string
	Body        string
}

func ask(t *testing.T, s *proc.Server, method, path string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.Monitor()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type"), AnyOrigin: resp.Header.Get("Access-Control-Allow-Origin")}
	if resp.StatusCode != http.StatusOK {
		a.Body = string(body)
	}
	return a
}

// TestRequestsAreAnsweredAlike compares status, headers and error texts.
func TestRequestsAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	dunlin, reference := pair(t, proc.Options{})
	for _, test := range []struct{ name, method, path string }{
		{name: "index", path: "/"},
		{name: "unknown path", path: "/nothing"},
		{name: "path below a page", path: "/varz/more"},
		{name: "post", method: "POST", path: "/varz"},
		{name: "head", method: "HEAD", path: "/varz"},
		{name: "callback is ignored", path: "/varz?callback=f"},
		{name: "health", path: "/healthz"},
		{name: "connections", path: "/connz"},
		{name: "stacks", path: "/stacksz"},
		{name: "expvar", path: "/debug/vars"},
		{name: "bad boolean", path: "/connz?auth=x"},
		{name: "bad integer", path: "/connz?limit=foo"},
		{name: "bad offset", path: "/connz?offset=foo"},
		{name: "bad connection id", path: "/connz?cid=foo"},
		{name: "bad state", path: "/connz?state=foo"},
		{name: "bad sort", path: "/connz?sort=foo"},
		{name: "sort by stop of open ones", path: "/connz?sort=stop"},
		{name: "sort by reason of open ones", path: "/connz?sort=reason"},
		{name: "bad test subject", path: "/subsz?subs=1&test=foo.*"},
		{name: "bad subs", path: "/subsz?subs=x"},
		{name: "health of a stream without account", path: "/healthz?stream=S"},
		{name: "health of a consumer without stream", path: "/healthz?account=A&consumer=C"},
		{name: "raft, when off", path: "/raftz"},
		{name: "leader only, when streams are off", path: "/jsz?leader-only=1"},
		{name: "unknown account", path: "/accountz?acc=ZZ"},
		{name: "bad health boolean", path: "/healthz?details=x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			method := test.method
			if method == "" {
				method = "GET"
			}
			want, got := ask(t, reference, method, test.path), ask(t, dunlin, method, test.path)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s (- reference, + dunlin):\n%s", method, test.path, diff)
			}
		})
	}
}
