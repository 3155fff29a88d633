package monitor

import (
	"encoding/json"
	"net/http"
)

// Health is the document at /healthz, the only compact one.
type Health struct {
	Status string        `json:"status"` // ok, unavailable or error
	Error  string        `json:"error,omitempty"`
	Errors []HealthError `json:"errors,omitempty"` // with details
}

// HealthError is one thing that is wrong.
type HealthError struct {
	Type  string `json:"type"` // CONNECTION, BAD_REQUEST, ...
	Error string `json:"error"`
}

// healthz serves /healthz. A load balancer only looks at the status code.
func (m *Monitor) healthz(w http.ResponseWriter, r *http.Request) {
	p := query(r)
	status, doc := m.check(p)
	if p.err != nil {
		answer(w, nil, p.err)
		return
	}
	b, err := json.Marshal(doc)
	if err != nil {
		sendText(w, http.StatusInternalServerError, err.Error())
		return
	}
	sendJSON(w, status, b)
}

// health is what requests get of a check: the status code is in it.
func (m *Monitor) health(p *params) (any, error) {
	status, doc := m.check(p)
	return struct {
		Status     string        `json:"status"`
		StatusCode int           `json:"status_code,omitempty"`
		Error      string        `json:"error,omitempty"`
		Errors     []HealthError `json:"errors,omitempty"`
	}{doc.Status, status, doc.Error, doc.Errors}, p.err
}

// check finds out how the server is, with the status code of HTTP for that. If
// the parameters are wrong, that is kept in p.
func (m *Monitor) check(p *params) (int, Health) {
	deprecated := p.boolean("js-enabled")
	if deprecated {
		m.cfg.Warnf("Healthcheck: js-enabled deprecated, use js-enabled-only instead")
	}
	enabledOnly := p.boolean("js-enabled-only") || deprecated
	p.boolean("js-server-only")
	p.boolean("js-meta-only")
	details := p.boolean("details")
	if p.err != nil {
		return 0, Health{}
	}
	status, doc := http.StatusOK, Health{Status: "ok"}
	switch reason := badHealthRequest(p); {
	case reason != "":
		status, doc = http.StatusBadRequest, unhealthy("BAD_REQUEST", reason, details)
	default:
		if err := m.cfg.Server.Ready(); err != nil {
			status, doc = http.StatusInternalServerError, unhealthy("CONNECTION", err.Error(), details)
			break
		}
		if s, kind, text := m.checkStreams(p, enabledOnly); s != 0 {
			status, doc = s, unhealthy(kind, text, details)
			doc.Status = "unavailable"
		}
	}
	m.warnHealth(doc)
	return status, doc
}

// badHealthRequest says what is missing from a request about one stream or
// consumer.
func badHealthRequest(p *params) string {
	switch {
	case p.text("account") == "" && p.text("stream") != "":
		return `"account" must not be empty when checking stream health`
	case p.text("stream") == "" && p.text("consumer") != "":
		return `"stream" must not be empty when checking consumer health`
	default:
		return ""
	}
}

// checkStreams finds out how the streams are; 0 is well. Without JetStream nobody asks
// for them.
func (m *Monitor) checkStreams(p *params, enabledOnly bool) (status int, kind, text string) {
	if m.usageOfStreams() == nil {
		return 0, "", ""
	}
	if enabledOnly {
		return 0, "", ""
	}
	missing, err := m.cfg.JetStream.Check(p.text("account"), p.text("stream"), p.text("consumer"))
	switch {
	case err == nil:
		return 0, "", ""
	case missing:
		return http.StatusNotFound, "STREAM", err.Error()
	}
	return http.StatusServiceUnavailable, "JETSTREAM", err.Error()
}

func unhealthy(kind, text string, details bool) Health {
	if details {
		return Health{Status: "error", Errors: []HealthError{{kind, text}}}
	}
	return Health{Status: "error", Error: text}
}

// warnHealth logs what a check has found.
func (m *Monitor) warnHealth(h Health) {
	switch {
	case h.Error != "":
		m.cfg.Warnf("Healthcheck failed: %q", h.Error)
	case len(h.Errors) > 0:
		m.cfg.Warnf("Healthcheck failed: %d errors", len(h.Errors))
	}
}
