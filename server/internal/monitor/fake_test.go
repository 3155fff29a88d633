package monitor

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m, served)) }

// served returns the stacks of goroutines that still serve HTTP.
func served() []string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var left []string
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(stack, "net/http.(*conn).serve") {
			left = append(left, stack)
		}
	}
	return left
}

// fake is a server for the monitor to look at.
type fake struct {
	identity Identity
	settings Settings
	counters Counters
	notReady error

	open, closed []Conn
	accounts     []Account
	subs         map[string][]Sub // by account
}

func (f *fake) Identity() Identity { return f.identity }
func (f *fake) Settings() Settings { return f.settings }
func (f *fake) Counters() Counters { return f.counters }
func (f *fake) Ready() error       { return f.notReady }

func (f *fake) Open() []Client      { return clientsOf(f.open) }
func (f *fake) Closed() []Client    { return clientsOf(f.closed) }
func (f *fake) Accounts() []Account { return f.accounts }

func (f *fake) Find(id uint64) Client {
	for _, c := range f.open {
		if c.ID == id {
			return fakeClient{c}
		}
	}
	return nil
}

func (f *fake) Subscriptions(account string) iter.Seq[Subscription] {
	return func(yield func(Subscription) bool) {
		for _, s := range f.subs[account] {
			if !yield(fakeSub{s}) {
				return
			}
		}
	}
}

type fakeSub struct{ Sub }

func (s fakeSub) Subject() string { return s.Sub.Subject }
func (s fakeSub) Describe() Sub   { return s.Sub }

type fakeClient struct{ conn Conn }

func (c fakeClient) ID() uint64 { return c.conn.ID }

func (c fakeClient) Describe(subs bool) Conn {
	conn := c.conn
	if !subs {
		conn.Subs = nil
	}
	return conn
}

func clientsOf(conns []Conn) []Client {
	// Backwards, so that no order comes about by itself.
	var all []Client
	for i := len(conns) - 1; i >= 0; i-- {
		all = append(all, fakeClient{conns[i]})
	}
	return all
}

// monitorOf returns a monitor that looks at f.
func monitorOf(f *fake) *Monitor {
	return New(Config{Server: f, Connections: f, Accounts: f})
}

// get asks a handler for a path.
func get(tb testing.TB, h http.Handler, path string) *http.Response {
	tb.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Result()
}

// body returns what get got, and fails unless it is a success.
func body(tb testing.TB, h http.Handler, path string) string {
	tb.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		tb.Fatalf("GET %s: status %d: %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// fetch decodes the document at a path.
func fetch[T any](tb testing.TB, h http.Handler, path string) T {
	tb.Helper()
	var doc T
	if err := json.Unmarshal([]byte(body(tb, h, path)), &doc); err != nil {
		tb.Fatalf("GET %s: %v", path, err)
	}
	return doc
}

// timeless replaces the current time in a document.
func timeless(document string) string {
	return regexp.MustCompile(`"now": "[^"]+"`).ReplaceAllString(document, `"now": "NOW"`)
}

// keys returns the names of the fields of a JSON document in their order,
// with those of objects in it after a dot. Of an array only the first element
// counts.
func keys(tb testing.TB, document string) []string {
	tb.Helper()
	var out []string
	dec := json.NewDecoder(strings.NewReader(document))
	var value func(prefix string, show bool)
	value = func(prefix string, show bool) {
		token, err := dec.Token()
		if err != nil {
			tb.Fatalf("%v in %s", err, document)
		}
		switch token {
		case json.Delim('{'):
			for dec.More() {
				name, _ := dec.Token()
				path := prefix + name.(string)
				if show {
					out = append(out, path)
				}
				value(path+".", show)
			}
			dec.Token()
		case json.Delim('['):
			for first := true; dec.More(); first = false {
				value(prefix, show && first)
			}
			dec.Token()
		}
	}
	value("", true)
	return out
}

// at is a moment of a day long ago.
func at(clock string) time.Time {
	t, err := time.Parse(time.DateTime, "2026-01-02 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

// canceled is the context of a request whose sender has gone.
func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
