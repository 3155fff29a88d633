package monitor

import (
	"net/http"
	"net/url"
	"path"
	"sync/atomic"
)

// Config is what a monitor is made of.
type Config struct {
	Server      Server
	Connections Connections
	Accounts    Accounts
	JetStream   JetStream // nil if there is none

	// BasePath stands in front of every path; empty means none.
	BasePath string
	// Args is the command line that /debug/vars shows, without secrets.
	Args []string
	// Warnf takes what the log should say; nil for nothing.
	Warnf func(format string, args ...any)
}

// maxLists is how many requests may make a list at a time. A list costs memory
// in proportion to what there is to list.
const maxLists = 4

// Monitor is the handler of all endpoints. Make one with [New].
type Monitor struct {
	cfg      Config
	usage    usage
	handlers map[string]http.Handler // by full path
	counts   []*counted
	lists    chan struct{} // a slot for each list in the making
}

// endpoint is one path and what is behind it: a document, or a handler of its
// own.
type endpoint struct {
	path     string
	count    string // the name under which requests are counted; "" for not at all
	list     bool   // is one of the expensive ones
	document func(*params) (any, error)
	handler  http.HandlerFunc
}

// endpoints is the table of everything that is served.
func (m *Monitor) endpoints() []endpoint {
	return []endpoint{
		{path: "/", count: "/", handler: m.index},
		{path: "/varz", count: "/varz", document: m.varz},
		{path: "/connz", count: "/connz", list: true, document: m.connz},
		{path: "/routez", count: "/routez", document: m.routez},
		{path: "/gatewayz", count: "/gatewayz", document: m.gatewayz},
		{path: "/leafz", count: "/leafz", document: m.leafz},
		{path: "/subsz", count: "/subsz", list: true, document: m.subsz},
		{path: "/subscriptionsz", count: "/subsz", list: true, document: m.subsz},
		{path: "/accountz", count: "/accountz", document: m.accountz},
		{path: "/accstatz", count: "/accstatz", document: m.accstatz},
		{path: "/jsz", count: "/jsz", document: m.jsz},
		{path: "/healthz", count: "/healthz", handler: m.healthz},
		{path: "/raftz", handler: raftz},
		{path: "/ipqueuesz", handler: ipqueuesz},
		{path: "/stacksz", handler: m.stacksz},
		{path: "/debug/vars", handler: m.debugVars},
	}
}

// New returns the handler for cfg.
func New(cfg Config) *Monitor {
	if cfg.Warnf == nil {
		cfg.Warnf = func(string, ...any) {}
	}
	m := &Monitor{cfg: cfg, handlers: make(map[string]http.Handler), lists: make(chan struct{}, maxLists)}
	m.usage.start(now())
	for _, e := range m.endpoints() {
		var h http.Handler = e.handler
		if e.document != nil {
			h = m.documents(e.document, e.list)
		}
		if e.count != "" {
			h = m.counted(e.count, h)
		}
		m.handlers[path.Join("/", cfg.BasePath, e.path)] = h
	}
	return m
}

// ServeHTTP implements [http.Handler]. Paths are exact; one that is not in its
// shortest form is sent there.
func (m *Monitor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := m.handlers[r.URL.Path]; h != nil {
		h.ServeHTTP(w, r)
		return
	}
	if clean := cleanPath(r.URL.Path); clean != r.URL.Path {
		target := url.URL{Path: clean, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, target.RequestURI(), http.StatusTemporaryRedirect)
		return
	}
	http.NotFound(w, r)
}

// cleanPath shortens a path, and keeps the slash at its end: that makes it
// another path.
func cleanPath(p string) string {
	clean := path.Join("/", p)
	if clean != "/" && len(p) > 0 && p[len(p)-1] == '/' {
		clean += "/"
	}
	return clean
}

// counted is how often an endpoint was asked.
type counted struct {
	name string
	n    atomic.Uint64
}

// counted counts the requests to h, failed ones included. Paths may share a
// counter.
func (m *Monitor) counted(name string, h http.Handler) http.Handler {
	var c *counted
	for _, have := range m.counts {
		if have.name == name {
			c = have
		}
	}
	if c == nil {
		c = &counted{name: name}
		m.counts = append(m.counts, c)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.n.Add(1)
		h.ServeHTTP(w, r)
	})
}

// requests returns how often each endpoint was asked; those that were not are
// left out.
func (m *Monitor) requests() map[string]uint64 {
	stats := make(map[string]uint64)
	for _, c := range m.counts {
		if n := c.n.Load(); n > 0 {
			stats[c.name] = n
		}
	}
	return stats
}

// documents serves what make returns for the parameters of a request.
func (m *Monitor) documents(make func(*params) (any, error), list bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if list && !m.begin(r) {
			return
		}
		b, err := encode(make(query(r)))
		if list {
			// A slot is for making the document, not for the time that a peer
			// takes to read it.
			m.finish()
		}
		answer(w, b, err)
	})
}

// begin waits until an expensive request may be worked on, and reports whether
// anybody still wants the answer. Then finish must follow.
func (m *Monitor) begin(r *http.Request) bool {
	select {
	case m.lists <- struct{}{}:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (m *Monitor) finish() { <-m.lists }

// query returns the parameters of a request. Pairs that cannot be read are as
// good as absent.
func query(r *http.Request) *params { return &params{values: r.URL.Query()} }
