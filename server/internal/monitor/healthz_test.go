package monitor

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHealthz(t *testing.T) {
	t.Parallel()
	const (
		noAccount = `\"account\" must not be empty when checking stream health`
		noStream  = `\"stream\" must not be empty when checking consumer health`
	)
	type result struct {
		Reply    reply
		Warnings []string
	}
	tests := []struct {
		path     string
		notReady error
		status   int
		body     string
		warnings []string
	}{
		{path: "/healthz", status: 200, body: `{"status":"ok"}`},
		{path: "/healthz?details=1&js-enabled-only=1&js-server-only=1&js-meta-only=1", status: 200, body: `{"status":"ok"}`},
		{path: "/healthz?account=A&stream=S&consumer=C", status: 200, body: `{"status":"ok"}`},
		{
			path: "/healthz?js-enabled=1", status: 200, body: `{"status":"ok"}`,
			warnings: []string{"Healthcheck: js-enabled deprecated, use js-enabled-only instead"},
		},
		{
			path: "/healthz?stream=S", status: 400, body: `{"status":"error","error":"` + noAccount + `"}`,
			warnings: []string{`Healthcheck failed: "` + noAccount + `"`},
		},
		{
			path: "/healthz?account=A&consumer=C", status: 400, body: `{"status":"error","error":"` + noStream + `"}`,
			warnings: []string{`Healthcheck failed: "` + noStream + `"`},
		},
		{
			path: "/healthz?stream=S&details=1", status: 400,
			body:     `{"status":"error","errors":[{"type":"BAD_REQUEST","error":"` + noAccount + `"}]}`,
			warnings: []string{"Healthcheck failed: 1 errors"},
		},
		{
			path: "/healthz", notReady: errors.New("not yet"), status: 500, body: `{"status":"error","error":"not yet"}`,
			warnings: []string{`Healthcheck failed: "not yet"`},
		},
		{
			path: "/healthz?js-server-only=1&details=1", notReady: errors.New("not yet"), status: 500,
			body:     `{"status":"error","errors":[{"type":"CONNECTION","error":"not yet"}]}`,
			warnings: []string{"Healthcheck failed: 1 errors"},
		},
		{
			path: "/healthz?stream=S", notReady: errors.New("not yet"), status: 400, body: `{"status":"error","error":"` + noAccount + `"}`,
			warnings: []string{`Healthcheck failed: "` + noAccount + `"`},
		},
	}
	for _, test := range tests {
		f := &fake{notReady: test.notReady}
		var warnings []string
		m := New(Config{Server: f, Connections: f, Accounts: f, Warnf: func(format string, args ...any) {
			warnings = append(warnings, fmt.Sprintf(format, args...))
		}})
		want := result{reply{test.status, "application/json", "*", test.body}, test.warnings}
		if diff := cmp.Diff(want, result{ask(t, m, test.path), warnings}); diff != "" {
			t.Errorf("%s, ready: %v: %s", test.path, test.notReady, diff)
		}
	}
}

func TestHealthzIsReadByItsStatus(t *testing.T) {
	t.Parallel()
	f := &fake{}
	m := monitorOf(f)
	if r := get(t, m, "/healthz"); r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
	f.notReady = errors.New("lame duck")
	if r := get(t, m, "/healthz"); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", r.StatusCode)
	}
}
