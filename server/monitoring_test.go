package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// browser asks monitoring ports, each time on a new connection, and believes
// every certificate.
var browser = &http.Client{Timeout: wait, Transport: &http.Transport{
	DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
}}

// visit asks for a page.
func visit(t *testing.T, url string) (status int, body string) {
	t.Helper()
	r, err := browser.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// monitored asks the monitoring port for a page that must be there.
func (r *instance) monitored(path string) string {
	r.t.Helper()
	status, body := visit(r.t, "http://"+r.MonitorAddr()+path)
	if status != http.StatusOK {
		r.t.Fatalf("%s: status %d: %s", path, status, body)
	}
	return body
}

// page asks the monitoring port for a document.
func page[T any](r *instance, path string) T {
	r.t.Helper()
	var doc T
	if err := json.Unmarshal([]byte(r.monitored(path)), &doc); err != nil {
		r.t.Fatalf("%s: %v", path, err)
	}
	return doc
}

// paired returns a TLS block with a new certificate that ends at a known time.
func paired(t *testing.T, end time.Time) *config.TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(end.Unix()), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return &config.TLS{Timeout: 5 * time.Second, Config: &tls.Config{
		Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert,
	}}
}

func TestMonitoringIsOffUnlessConfigured(t *testing.T) {
	t.Parallel()
	if got := boot(t, server.Options{}).MonitorAddr(); got != "" {
		t.Errorf("monitoring on %s", got)
	}
}

func TestMonitoringPort(t *testing.T) {
	t.Parallel()
	r := create(t, server.Options{Monitor: config.Monitor{HTTPPort: -1, BasePath: "mon"}})
	if got := r.MonitorAddr(); got != "" {
		t.Errorf("monitoring on %s before Run", got)
	}
	r.run(context.Background())
	_, port, err := net.SplitHostPort(r.MonitorAddr())
	if err != nil {
		t.Fatal(err)
	}
	if line := "INFO Starting http monitor on 127.0.0.1:" + port; !r.log.has(line) {
		t.Errorf("not logged: %s", line)
	}
	got := page[map[string]any](r, "/mon/varz")
	want := map[string]any{
		"server_id": r.ID(), "http_host": "127.0.0.1", "http_port": json.Number(port), "https_port": json.Number("0"),
		"http_base_path": "mon", "port": json.Number(fmt.Sprint(r.Port())), "auth_timeout": json.Number("2"),
	}
	for key, value := range want {
		if fmt.Sprint(got[key]) != fmt.Sprint(value) {
			t.Errorf("%s is %v, want %v", key, got[key], value)
		}
	}
	if status, _ := visit(t, "http://"+r.MonitorAddr()+"/varz"); status != http.StatusNotFound {
		t.Errorf("without the base path: status %d", status)
	}
	address := r.MonitorAddr()
	r.Shutdown()
	if nc, err := net.Dial("tcp", address); err == nil {
		nc.Close()
		t.Error("the port outlives the server")
	}
}

// The certificate is that of the clients' port; clients of the monitoring port
// need none, and see a new one after a reload.
func TestMonitoringOverHTTPS(t *testing.T) {
	t.Parallel()
	first, second := time.Now().Add(time.Hour).UTC().Truncate(time.Second), time.Now().Add(2*time.Hour).UTC().Truncate(time.Second)
	r := boot(t, server.Options{TLS: paired(t, first), Monitor: config.Monitor{HTTPSPort: -1}})
	_, port, _ := net.SplitHostPort(r.MonitorAddr())
	if line := "INFO Starting https monitor on 127.0.0.1:" + port; !r.log.has(line) {
		t.Errorf("not logged: %s", line)
	}
	check := func(end time.Time) {
		t.Helper()
		answer, err := browser.Get("https://" + r.MonitorAddr() + "/varz")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if got := answer.TLS.PeerCertificates[0].NotAfter; !got.Equal(end) {
			t.Errorf("the certificate ends at %v, want %v", got, end)
		}
		type facts struct {
			HTTPPort    int       `json:"http_port"`
			HTTPSPort   int       `json:"https_port"`
			TLSRequired bool      `json:"tls_required"`
			TLSTimeout  float64   `json:"tls_timeout"`
			AuthTimeout float64   `json:"auth_timeout"`
			End         time.Time `json:"tls_cert_not_after"`
		}
		var got facts
		if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		want := facts{TLSRequired: true, TLSTimeout: 5, AuthTimeout: 6, End: end}
		fmt.Sscan(port, &want.HTTPSPort)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	check(first)
	r.reload(func(o *server.Options) { o.TLS = paired(t, second) })
	check(second)
}

// occupied returns a port that is taken until the test ends.
func occupied(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln.Addr().(*net.TCPAddr).Port
}

func TestSidePortsThatCannotBeOpenedAreFatal(t *testing.T) {
	t.Parallel()
	port := occupied(t)
	inUse := fmt.Sprintf("listen tcp 127.0.0.1:%d: bind: address already in use", port)
	for _, tt := range []struct {
		name string
		opts server.Options
		want string
	}{
		{"http", server.Options{Monitor: config.Monitor{HTTPPort: port}},
			"Can't start monitoring: can't listen to the monitor port: " + inUse},
		{"https", server.Options{TLS: paired(t, time.Now()), Monitor: config.Monitor{HTTPSPort: port}},
			"Can't start monitoring: can't listen to the monitor port: " + inUse},
		{"https without a certificate", server.Options{Monitor: config.Monitor{HTTPSPort: -1}},
			"Can't start monitoring: TLS cert and key required for HTTPS"},
		{"both", server.Options{Monitor: config.Monitor{HTTPPort: 1, HTTPSPort: 2}},
			"Can't start monitoring: can't specify both HTTP (1) and HTTPs (2) ports"},
		{"profiling", server.Options{Process: config.Process{ProfPort: port}}, "error starting profiler: " + inUse},
		{"monitoring behind profiling", server.Options{Process: config.Process{ProfPort: -1}, Monitor: config.Monitor{HTTPPort: port}},
			"Can't start monitoring: can't listen to the monitor port: " + inUse},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := create(t, tt.opts)
			if err := r.Run(context.Background()); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if !r.log.has(tt.want) {
				t.Errorf("not logged: %s", tt.want)
			}
			select {
			case <-r.Ready():
				t.Error("ready")
			default:
			}
		})
	}
}

func TestProfilingPort(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{Process: config.Process{ProfPort: -1}})
	port := ""
	for _, line := range r.log.all() {
		if rest, found := strings.CutPrefix(line, "INFO profiling port: "); found {
			port = rest
		}
	}
	address := "127.0.0.1:" + port
	if status, body := visit(t, "http://"+address+"/debug/pprof/goroutine?debug=2"); status != http.StatusOK || !strings.Contains(body, "server.(*Server).Run") {
		t.Errorf("status %d: %.200q", status, body)
	}
	if status, _ := visit(t, "http://"+address+"/varz"); status != http.StatusNotFound {
		t.Errorf("varz on the profiling port: status %d", status)
	}
	r.Shutdown()
	if nc, err := net.Dial("tcp", address); err == nil {
		nc.Close()
		t.Error("the port outlives the server")
	}
}

// watcher is called with every line of a log.
type watcher func(line string)

func (w watcher) Enabled(context.Context, slog.Level) bool { return true }
func (w watcher) WithAttrs([]slog.Attr) slog.Handler       { return w }
func (w watcher) WithGroup(string) slog.Handler            { return w }
func (w watcher) Handle(_ context.Context, r slog.Record) error {
	w(r.Message)
	return nil
}

// Operators can watch a server until its last client has left.
func TestMonitoringOutlivesTheClients(t *testing.T) {
	t.Parallel()
	var r *instance
	seen := make(chan string, 1)
	opts := server.Options{Monitor: config.Monitor{HTTPPort: -1}}
	opts.Log.Handler = watcher(func(line string) {
		if line != "Server Exiting.." {
			return
		}
		answer, err := browser.Get("http://" + r.MonitorAddr() + "/connz?state=all")
		if err != nil {
			seen <- err.Error()
			return
		}
		defer answer.Body.Close()
		b, _ := io.ReadAll(answer.Body)
		seen <- string(b)
	})
	r = create(t, opts)
	r.run(context.Background())
	c := r.dial().quiet()
	r.Shutdown()
	c.closed()
	if got := <-seen; !strings.Contains(got, `"reason": "Server Shutdown"`) {
		t.Errorf("connz at the end: %s", got)
	}
}

func TestLameDuckIsMonitoredAndNotHealthy(t *testing.T) {
	t.Parallel()
	r := boot(t, server.Options{LameDuck: patient, Monitor: config.Monitor{HTTPPort: -1}})
	if got := r.monitored("/healthz"); got != `{"status":"ok"}` {
		t.Errorf("healthz before: %s", got)
	}
	c := r.dial().quiet()
	over := r.limp()
	c.expect("INFO")
	status, got := visit(t, "http://"+r.MonitorAddr()+"/healthz")
	want := `{"status":"error","error":"failed to be ready for connections after 1ms: server"}`
	if status != http.StatusInternalServerError || got != want {
		t.Errorf("status %d: %s, want %s", status, got, want)
	}
	r.monitored("/varz")
	r.Shutdown()
	<-over
}
