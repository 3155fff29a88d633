package monitor

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// listen serves h on a free port until the test ends.
func listen(t *testing.T, cfg ListenConfig) *Listener {
	t.Helper()
	cfg.Address = "127.0.0.1:0"
	if cfg.Errorf == nil {
		cfg.Errorf = t.Logf
	}
	l, err := Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// certificate returns a self-signed certificate for 127.0.0.1.
func certificate(t *testing.T, serial int64) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"},
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func ok() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
}

// peerSerial asks an HTTPS listener for a page on a new connection, and
// returns the serial number of its certificate.
func peerSerial(t *testing.T, l *Listener) (int64, error) {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer tr.CloseIdleConnections()
	r, err := (&http.Client{Transport: tr}).Get("https://" + l.Addr().String())
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	if b, _ := io.ReadAll(r.Body); string(b) != "ok" {
		t.Errorf("got %q", b)
	}
	return r.TLS.PeerCertificates[0].SerialNumber.Int64(), nil
}

func TestHTTPSFollowsTheConfigurationAndAsksForNoCertificate(t *testing.T) {
	t.Parallel()
	var current atomic.Pointer[tls.Config]
	strict := func(serial int64) *tls.Config {
		return &tls.Config{
			Certificates: []tls.Certificate{certificate(t, serial)}, ClientAuth: tls.RequireAndVerifyClientCert,
			ClientCAs:        x509.NewCertPool(),
			VerifyConnection: func(tls.ConnectionState) error { return errors.New("asked about a client") },
		}
	}
	current.Store(strict(1))
	l := listen(t, ListenConfig{Handler: ok(), TLS: current.Load})
	for range 2 {
		if serial, err := peerSerial(t, l); serial != 1 || err != nil {
			t.Errorf("certificate %d, %v", serial, err)
		}
	}
	current.Store(strict(2))
	if serial, err := peerSerial(t, l); serial != 2 || err != nil {
		t.Errorf("certificate %d, %v", serial, err)
	}
	current.Store(nil)
	if serial, err := peerSerial(t, l); err == nil {
		t.Errorf("certificate %d without a configuration", serial)
	}
}

func TestHandshakeErrorsAreLogged(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 1)
	current := &tls.Config{Certificates: []tls.Certificate{certificate(t, 1)}}
	l := listen(t, ListenConfig{
		Handler: ok(), TLS: func() *tls.Config { return current },
		Errorf: func(format string, args ...any) { lines <- fmt.Sprintf(format, args...) },
	})
	r, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if b, _ := io.ReadAll(r.Body); r.StatusCode != http.StatusBadRequest || string(b) != "Client sent an HTTP request to an HTTPS server.\n" {
		t.Errorf("status %d: %q", r.StatusCode, b)
	}
	if line := <-lines; !strings.HasPrefix(line, "monitoring: TLS handshake error from 127.0.0.1:") || strings.HasSuffix(line, "\n") {
		t.Errorf("logged %q", line)
	}
}

func TestListenFailsOnAPortInUse(t *testing.T) {
	t.Parallel()
	l := listen(t, ListenConfig{Handler: ok()})
	if second, err := Listen(ListenConfig{Address: l.Addr().String(), Handler: ok()}); err == nil {
		second.Close()
		t.Error("two listeners on one port")
	}
}

// TestCloseEndsEverything has an idle connection, one in the middle of its
// header, one whose request waits for its context, and one that never reads.
func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	started, ended := make(chan struct{}), make(chan struct{})
	l := listen(t, ListenConfig{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/wait":
			close(started)
			<-r.Context().Done()
			close(ended)
		case "/flood":
			for b := make([]byte, 1<<20); ; {
				if _, err := w.Write(b); err != nil {
					return
				}
			}
		}
	})})
	dial := func(s string) net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := io.WriteString(c, s); err != nil {
			t.Fatal(err)
		}
		return c
	}
	idle := dial("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(idle), nil); err != nil {
		t.Fatal(err)
	}
	half := dial("GET / HTTP/1.1\r\n")
	dial("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
	flood := dial("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := io.ReadFull(flood, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	<-started

	var closing sync.WaitGroup
	for range 2 { // more than once is fine
		closing.Go(l.Close)
	}
	closing.Wait()
	select {
	case <-ended:
	default:
		t.Error("Close returned before a request had ended")
	}
	for name, c := range map[string]net.Conn{"idle": idle, "half": half} {
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.ReadAll(c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: still open", name)
		}
	}
	if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("the port is still open")
	}
}

func TestHeadersAreBounded(t *testing.T) {
	t.Parallel()
	l := listen(t, ListenConfig{Handler: ok()})
	for size, want := range map[int]int{maxHeader / 2: http.StatusOK, 2 * maxHeader: http.StatusRequestHeaderFieldsTooLarge} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		// The server may stop reading before all is written.
		go fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("a", size))
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if r.StatusCode != want {
			t.Errorf("%d bytes: status %d, want %d", size, r.StatusCode, want)
		}
	}
	if l.srv.ReadHeaderTimeout != 5*time.Second || l.srv.MaxHeaderBytes != 1<<20 {
		t.Errorf("header timeout %v, size %d", l.srv.ReadHeaderTimeout, l.srv.MaxHeaderBytes)
	}
}
