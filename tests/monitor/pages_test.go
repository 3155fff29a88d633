package monitor

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// connz is the part of the page that the tests look at.
type connz struct {
	Total       int `json:"total"`
	Count       int `json:"num_connections"`
	Offset      int `json:"offset"`
	Limit       int `json:"limit"`
	Connections []struct {
		CID  uint64 `json:"cid"`
		Name string `json:"name"`
	} `json:"connections"`
}

func (c connz) names() string {
	var names []string
	for _, one := range c.Connections {
		names = append(names, one.Name)
	}
	return strings.Join(names, " ")
}

// crowd connects c0, c1 and c2, of which the one with the higher number has
// more subscriptions and has received and sent more.
func crowd(t *testing.T, s *proc.Server) []*nats.Conn {
	t.Helper()
	var all []*nats.Conn
	for i := range 3 {
		nc, err := nats.Connect(s.URL(), nats.Name(fmt.Sprint("c", i)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		for j := range i {
			if _, err := nc.SubscribeSync(fmt.Sprint("own.", i, ".", j)); err != nil {
				t.Fatal(err)
			}
			if err := nc.Publish(fmt.Sprint("own.", i, ".", j), []byte("hello")); err != nil {
				t.Fatal(err)
			}
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		all = append(all, nc)
	}
	return all
}

func TestConnectionsAreSorted(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{})
		crowd(t, s)
		for _, test := range []struct{ sort, want string }{
			{"", "c0 c1 c2"},
			{"cid", "c0 c1 c2"},
			{"start", "c0 c1 c2"},
			{"subs", "c2 c1 c0"},
			{"msgs_to", "c2 c1 c0"},
			{"msgs_from", "c2 c1 c0"},
			{"bytes_to", "c2 c1 c0"},
			{"bytes_from", "c2 c1 c0"},
			{"last", "c2 c1 c0"},
			{"idle", "c0 c1 c2"},
			{"uptime", "c2 c1 c0"},
		} {
			var page connz
			s.GetJSON(t, "/connz?sort="+test.sort, &page)
			if got := page.names(); got != test.want {
				t.Errorf("sort=%s: %s, want %s", test.sort, got, test.want)
			}
		}
	})
}

func TestConnectionsArePaged(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{})
		crowd(t, s)
		for _, test := range []struct{ query, want string }{
			{"limit=2", "c0 c1"},
			{"limit=2&offset=2", "c2"},
			{"limit=1&offset=1", "c1"},
			{"offset=3", ""},
			{"offset=30", ""},
			{"limit=-1", "c0 c1 c2"},
		} {
			var page connz
			s.GetJSON(t, "/connz?"+test.query, &page)
			if got := page.names(); got != test.want {
				t.Errorf("%s: %q, want %q", test.query, got, test.want)
			}
			if page.Total != 3 || page.Count != len(page.Connections) {
				t.Errorf("%s: total %d, count %d", test.query, page.Total, page.Count)
			}
		}
	})
}

func TestClosedConnectionsAreKept(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Config: "max_closed_clients: 2\n"})
		for _, nc := range crowd(t, s) {
			nc.Close()
			waitForConnections(t, s, nc)
		}
		var page connz
		s.GetJSON(t, "/connz?state=closed&sort=stop", &page)
		if got, want := page.names(), "c2 c1"; got != want {
			t.Errorf("closed: %s, want %s", got, want)
		}
		s.GetJSON(t, "/connz?state=all", &page)
		if page.Count != 2 {
			t.Errorf("all: %d, want 2", page.Count)
		}
	})
}

// waitForConnections polls until the connection is not open any more.
func waitForConnections(t *testing.T, s *proc.Server, nc *nats.Conn) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(proc.Patience); time.Now().Before(deadline); <-tick.C {
		if _, body := s.Get(t, "/connz"); !strings.Contains(body, `"`+nc.Opts.Name+`"`) {
			return
		}
	}
	t.Fatalf("%s is still open", nc.Opts.Name)
}

func TestSubscriptionsAreFiltered(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{})
		visit(t, s)
		var page struct {
			Total int
			List  []struct {
				Subject string
				Queue   string `json:"qgroup"`
				SID     string
				Msgs    int
			} `json:"subscriptions_list"`
		}
		s.GetJSON(t, "/subsz?subs=1&test=a.b", &page)
		got := map[string]string{}
		for _, sub := range page.List {
			got[sub.Subject] = fmt.Sprint(sub.Queue, sub.SID, sub.Msgs)
		}
		want := map[string]string{"a.b": "11", "a.*": "21", "a.>": "workers31"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if page.Total != 3 {
			t.Errorf("total %d, want 3", page.Total)
		}
	})
}

func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{})
		for _, path := range []string{"/", "/connz", "/connz?sort=foo", "/subscriptionsz", "/healthz", "/stacksz", "/nothing"} {
			s.Get(t, path)
		}
		var varz struct {
			Requests map[string]int `json:"http_req_stats"`
		}
		s.GetJSON(t, "/varz", &varz)
		want := map[string]int{"/": 1, "/connz": 2, "/subsz": 1, "/healthz": 1, "/varz": 1}
		got := map[string]int{}
		for path, n := range varz.Requests {
			if n > 0 {
				got[path] = n
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBasePath(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Config: "http_base_path: mon\n"})
		for path, want := range map[string]int{
			"/mon": 200, "/mon/healthz": 200, "/mon/varz": 200, "/": 404, "/mon/": 404, "/varz": 404,
		} {
			if got, _ := s.Get(t, path); got != want {
				t.Errorf("%s: status %d, want %d", path, got, want)
			}
		}
	})
}

func TestIndexLinksToPages(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{})
		_, body := s.Get(t, "/")
		for _, page := range []string{"varz", "jsz", "connz", "accountz", "accstatz", "subsz", "routez", "leafz", "gatewayz", "raftz", "healthz"} {
			if !strings.Contains(body, page) {
				t.Errorf("no link to %s", page)
			}
		}
	})
}

// TestHTTPSNeedsNoClientCertificate also holds when clients of the message
// port need one.
func TestHTTPSNeedsNoClientCertificate(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{
			NoMonitor: true, Args: []string{"-ms", "-1"}, Files: certs.Default().Files,
			Config: "tls { cert_file: \"server.pem\", key_file: \"server.key\", ca_file: \"ca.pem\", verify: true }\n",
		})
		client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: certs.Default().Pool}}}
		defer client.CloseIdleConnections()
		resp, err := client.Get(s.Monitor() + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != `{"status":"ok"}` {
			t.Errorf("%q, %v", body, err)
		}
	})
}

func TestProfilesAreServed(t *testing.T) {
	t.Parallel()
	proc.Each(t, func(t *testing.T, target *proc.Target) {
		s := proc.Start(t, target, proc.Options{Args: []string{"--profile", "-1"}})
		resp, err := http.Get(s.Profile() + "/debug/pprof/goroutine?debug=1")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || !strings.HasPrefix(string(body), "goroutine profile:") {
			t.Errorf("%.100q, %v", body, err)
		}
	})
}
