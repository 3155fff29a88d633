package monitor

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// reply is what matters of an answer.
type reply struct {
	Status            int
	Type, Origin, All string
}

func ask(tb testing.TB, h http.Handler, path string) reply {
	tb.Helper()
	r := get(tb, h, path)
	b, err := io.ReadAll(r.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return reply{r.StatusCode, r.Header.Get("Content-Type"), r.Header.Get("Access-Control-Allow-Origin"), string(b)}
}

// badRequests are the answers of nats-server 2.15.2, the order included in
// which it looks at the parameters.
var badRequests = map[string]string{
	"/connz?sort=foo":                        "invalid sorting option: foo",
	"/connz?sort=CID":                        "invalid sorting option: CID",
	"/connz?sort=foo&acc=unknown":            "invalid sorting option: foo",
	"/connz?sort=stop":                       "sort by stop only valid on closed connections",
	"/connz?sort=stop&state=any":             "sort by stop only valid on closed connections",
	"/connz?sort=reason":                     "sort by reason only valid on closed connections",
	"/connz?auth=x":                          boolError("auth", "x"),
	"/connz?subs=x":                          boolError("subs", "x"),
	"/connz?limit=foo":                       intError("limit", "foo", "invalid syntax"),
	"/connz?limit=99999999999999999999":      intError("limit", "99999999999999999999", "value out of range"),
	"/connz?offset=foo":                      intError("offset", "foo", "invalid syntax"),
	"/connz?cid=foo":                         `Error decoding uint64 for 'cid': strconv.ParseUint: parsing "foo": invalid syntax`,
	"/connz?cid=-1":                          `Error decoding uint64 for 'cid': strconv.ParseUint: parsing "-1": invalid syntax`,
	"/connz?cid=18446744073709551616":        `Error decoding uint64 for 'cid': strconv.ParseUint: parsing "18446744073709551616": value out of range`,
	"/connz?state=foo":                       "Error decoding state for foo",
	"/connz?state=1":                         "Error decoding state for 1",
	"/connz?cid=x&subs=x&auth=x&sort=foo":    boolError("auth", "x"),
	"/connz?cid=x&offset=x&subs=x&sort=foo":  boolError("subs", "x"),
	"/connz?state=foo&limit=x&offset=x":      intError("offset", "x", "invalid syntax"),
	"/connz?state=foo&limit=x":               intError("limit", "x", "invalid syntax"),
	"/subsz?subs=x&offset=x":                 boolError("subs", "x"),
	"/subsz?subs=detail":                     boolError("subs", "detail"),
	"/subsz?offset=x&limit=x":                intError("offset", "x", "invalid syntax"),
	"/subsz?limit=x":                         intError("limit", "x", "invalid syntax"),
	"/subsz?test=foo.*":                      "invalid test subject, must be valid publish subject: foo.*",
	"/subsz?test=foo..bar":                   "invalid test subject, must be valid publish subject: foo..bar",
	"/routez?subs=x":                         boolError("subs", "x"),
	"/gatewayz?accs=x":                       boolError("accs", "x"),
	"/gatewayz?subs=x":                       boolError("subs", "x"),
	"/leafz?subs=x":                          boolError("subs", "x"),
	"/accountz?acc=ZZ":                       "Account ZZ does not exist",
	"/accstatz?unused=x":                     boolError("unused", "x"),
	"/jsz?accounts=x&streams=x":              boolError("accounts", "x"),
	"/jsz?streams=x":                         boolError("streams", "x"),
	"/jsz?consumers=x":                       boolError("consumers", "x"),
	"/jsz?direct-consumers=x":                boolError("direct-consumers", "x"),
	"/jsz?config=x":                          boolError("config", "x"),
	"/jsz?leader-only=x":                     boolError("leader-only", "x"),
	"/jsz?offset=x":                          intError("offset", "x", "invalid syntax"),
	"/jsz?limit=x":                           intError("limit", "x", "invalid syntax"),
	"/jsz?raft=x":                            boolError("raft", "x"),
	"/jsz?stream-leader-only=x":              boolError("stream-leader-only", "x"),
	"/jsz?leader-only=1":                     "filtered response: not leader",
	"/healthz?js-enabled=x&js-enabled-only=": boolError("js-enabled", "x"),
	"/healthz?js-enabled-only=x":             boolError("js-enabled-only", "x"),
	"/healthz?js-server-only=x&details=x":    boolError("js-server-only", "x"),
	"/healthz?js-meta-only=x&details=x":      boolError("js-meta-only", "x"),
	"/healthz?details=x":                     boolError("details", "x"),
	"/ipqueuesz?all=x":                       boolError("all", "x"),
}

func boolError(name, value string) string {
	return fmt.Sprintf("Error decoding boolean for '%s': strconv.ParseBool: parsing %q: invalid syntax", name, value)
}

func intError(name, value, why string) string {
	return fmt.Sprintf("Error decoding int for '%s': strconv.Atoi: parsing %q: %s", name, value, why)
}

func TestBadParametersAreRefused(t *testing.T) {
	t.Parallel()
	m := monitorOf(populated())
	for path, text := range badRequests {
		want := reply{http.StatusBadRequest, "text/plain; charset=utf-8", "", text}
		if diff := cmp.Diff(want, ask(t, m, path)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestGoodParametersAreTaken(t *testing.T) {
	t.Parallel()
	m := monitorOf(populated())
	for _, query := range []string{
		"auth=1", "auth=t", "auth=T", "auth=TRUE", "auth=true", "auth=True", "auth=0", "auth=f", "auth=", "auth",
		"subs=DETAIL", "subs=Detail", "state=", "state=OPEN", "callback=f", "%zz=1", "a;b", "unknown=x",
	} {
		r := ask(t, m, "/connz?"+query)
		if r.Status != http.StatusOK || r.Type != "application/json" || r.Origin != "*" {
			t.Errorf("%s: %+v", query, r)
		}
		if strings.HasSuffix(r.All, "\n") {
			t.Errorf("%s: a newline at the end", query)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	const gone = "404 page not found\n"
	for base, paths := range map[string]map[string]string{
		"": {"/": "", "/varz": "", "/nope": gone, "/varz/": gone, "/Varz": gone, "/debug": gone, "/debug/pprof/": gone, "/%2fvarz": "/varz",
			"//varz": "/varz", "/./varz": "/varz", "/x/../varz?a=1": "/varz?a=1", "/varz//": "/varz/", "//example.org/..": "/"},
		"/":      {"/": "", "/varz": ""},
		"mon":    {"/mon": "", "/mon/varz": "", "/mon/healthz": "", "/mon/debug/vars": "", "/": gone, "/mon/": gone, "/varz": gone},
		"/a/b/":  {"/a/b": "", "/a/b/connz": "", "/a": gone, "/a/b/": gone},
		"{x} %?": {"/%7Bx%7D%20%25%3F/varz": "", "/varz": gone},
		"../..":  {"/": "", "/varz": ""},
	} {
		f := &fake{}
		m := New(Config{Server: f, Connections: f, Accounts: f, BasePath: base})
		for path, want := range paths {
			r := get(t, m, path)
			b, _ := io.ReadAll(r.Body)
			got := string(b)
			switch r.StatusCode {
			case http.StatusOK:
				got = ""
			case http.StatusTemporaryRedirect:
				got = r.Header.Get("Location")
			}
			if got != want {
				t.Errorf("base %q, path %s: status %d, %q, want %q", base, path, r.StatusCode, got, want)
			}
		}
	}
}

func TestEveryMethodIsServed(t *testing.T) {
	t.Parallel()
	m := monitorOf(&fake{})
	for _, method := range []string{http.MethodPost, http.MethodHead, http.MethodDelete, http.MethodOptions, "FOO"} {
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest(method, "/connz", strings.NewReader("auth=x")))
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", method, w.Code)
		}
	}
}

func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	f := &fake{}
	m := New(Config{Server: f, Connections: f, Accounts: f, BasePath: "/mon"})
	for _, path := range []string{
		"/mon", "/mon/varz", "/mon/connz", "/mon/connz?auth=x", "/mon/subsz", "/mon/subscriptionsz", "/mon/healthz", "/mon/routez",
		"/mon/gatewayz", "/mon/leafz", "/mon/accountz", "/mon/accstatz", "/mon/jsz", "/mon/raftz", "/mon/ipqueuesz", "/mon/stacksz",
		"/mon/debug/vars", "/mon/nope", "/varz",
	} {
		get(t, m, path)
	}
	want := map[string]uint64{
		"/": 1, "/varz": 2, "/connz": 2, "/subsz": 2, "/healthz": 1, "/routez": 1, "/gatewayz": 1, "/leafz": 1,
		"/accountz": 1, "/accstatz": 1, "/jsz": 1,
	}
	if diff := cmp.Diff(want, fetch[Varz](t, m, "/mon/varz").HTTPReqStats); diff != "" {
		t.Error(diff)
	}
}

// TestListsAreMadeAFewAtATime fills all slots and sees that a list waits for
// one, that nothing else does, and that nobody waits who has gone.
func TestListsAreMadeAFewAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := monitorOf(&fake{})
		for range maxLists {
			m.lists <- struct{}{}
		}
		done := make(chan int, 1)
		go func() { done <- ask(t, m, "/connz").Status }()
		synctest.Wait()
		select {
		case <-done:
			t.Error("a list was made without a slot")
		default:
		}
		if r := ask(t, m, "/varz"); r.Status != http.StatusOK {
			t.Errorf("varz: %+v", r)
		}
		<-m.lists
		if status := <-done; status != http.StatusOK {
			t.Errorf("status %d", status)
		}
		m.lists <- struct{}{}
		r := httptest.NewRequest(http.MethodGet, "/subsz", nil)
		r = r.WithContext(canceled())
		w := httptest.NewRecorder()
		m.ServeHTTP(w, r)
		if w.Body.Len() != 0 {
			t.Errorf("an answer for nobody: %s", w.Body)
		}
		if n := len(m.lists); n != maxLists {
			t.Errorf("%d slots taken, want %d", n, maxLists)
		}
	})
}

func FuzzRequest(f *testing.F) {
	for path := range badRequests {
		f.Add(path)
	}
	for _, path := range []string{"/connz?offset=9223372036854775807&limit=9223372036854775807&sort=rtt", "/subsz?subs=1&test=a.b", "//varz?", "/connz?cid=1&subs=detail"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r, err := http.NewRequest(http.MethodGet, path, nil)
		if err != nil || strings.HasPrefix(path, "/stacksz") {
			return
		}
		fake := crowd()
		fake.subs = subscribed().subs
		w := httptest.NewRecorder()
		monitorOf(fake).ServeHTTP(w, r)
		switch w.Code {
		case http.StatusOK, http.StatusBadRequest, http.StatusNotFound:
		case http.StatusTemporaryRedirect:
			if to := w.Header().Get("Location"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
				t.Errorf("%q: sent away to %q", path, to)
			}
		default:
			t.Errorf("%q: status %d", path, w.Code)
		}
		if w.Body.Len() > 64<<10 {
			t.Errorf("%q: %d bytes", path, w.Body.Len())
		}
	})
}
