package browser

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
)

// site serves the page, hands it the calls of the tests and takes its answers.
type site struct {
	origin string // http://127.0.0.1:port
	secure string // the same over TLS

	listeners []*httptest.Server
	asked     chan struct{} // closed when a page has asked for calls

	mu      sync.Mutex
	once    sync.Once
	serial  int
	queues  map[string]chan call
	pending map[int]chan answer
	proxies map[string]http.Handler // servers that this site stands before
}

// call and answer are what goes to a page and what comes back.
type call struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
	Args any    `json:"args"`
}

type answer struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  string          `json:"error"`
}

func newSite(module string) *site {
	s := &site{
		asked:   make(chan struct{}),
		queues:  map[string]chan call{},
		pending: map[int]chan answer{},
		proxies: map[string]http.Handler{},
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServer(http.Dir("testdata/page")))
	mux.HandleFunc("GET /nats.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, module) })
	mux.HandleFunc("GET /calls", s.hand)
	mux.HandleFunc("POST /answers", s.take)
	mux.HandleFunc("GET /behind/{name}/", s.forward)
	plain := httptest.NewServer(public(mux))
	secure := httptest.NewUnstartedServer(public(mux))
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{serverPair()}}
	secure.StartTLS()
	s.listeners = []*httptest.Server{plain, secure}
	s.origin, s.secure = plain.URL, secure.URL
	return s
}

// public lets pages of every origin use the site, sandboxed ones too.
func public(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// close must come after the end of the browser, whose requests would hold it up.
func (s *site) close() {
	for _, l := range s.listeners {
		l.Close()
	}
}

// hand gives a page its next call.
func (s *site) hand(w http.ResponseWriter, r *http.Request) {
	s.once.Do(func() { close(s.asked) })
	select {
	case c := <-s.queue(r.FormValue("queue")):
		json.NewEncoder(w).Encode(c)
	case <-r.Context().Done():
	}
}

// take gives an answer to the test that waits for it.
func (s *site) take(w http.ResponseWriter, r *http.Request) {
	var a answer
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.pending[a.ID]; c != nil {
		c <- a // has room for one, and there is one
		delete(s.pending, a.ID)
	}
}

// queue returns the calls for one page.
func (s *site) queue(name string) chan call {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queues[name] == nil {
		s.queues[name] = make(chan call)
	}
	return s.queues[name]
}

// expect reserves a number for a call and returns where its answer arrives.
func (s *site) expect() (id int, answers <-chan answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	c := make(chan answer, 1)
	s.pending[s.serial] = c
	return s.serial, c
}

// unique returns a name that no other test has.
func (s *site) unique(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return fmt.Sprint(prefix, s.serial)
}

// behind makes the site a proxy before a WebSocket listener, as it is done
// where pages and messages share a host name, and returns the path.
func (s *site) behind(listener string) (path string, err error) {
	u, err := url.Parse(listener)
	if err != nil {
		return "", err
	}
	u.Scheme = map[string]string{"ws": "http", "wss": "https"}[u.Scheme]
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Host = r.In.Host
		},
		Transport: &http.Transport{TLSClientConfig: certs.Default().Config(false), DisableKeepAlives: true},
	}
	name := s.unique("server")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proxies[name] = proxy
	return "/behind/" + name + "/", nil
}

func (s *site) forward(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	proxy := s.proxies[r.PathValue("name")]
	s.mu.Unlock()
	if proxy == nil {
		http.NotFound(w, r)
		return
	}
	proxy.ServeHTTP(w, r)
}
