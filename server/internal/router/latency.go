package router

import (
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// Latencies are published by whoever exports a service: how long requests take,
// and which of them went wrong.

// measurement is a request whose latency is measured.
type measurement struct {
	to      *account.Latency
	account *account.Account // that exports the service
	arrived time.Time

	requestor json.RawMessage
	rtt       time.Duration // of the requestor
	header    map[string][]string
}

// Statuses of measurements, in the numbers of HTTP.
const (
	latencyOK          = 200
	latencyBadRequest  = 400 // no reply was asked for
	latencyGone        = 408 // nobody waits for it any more
	latencyUnavailable = 503 // nobody answers such requests
	latencyTimeout     = 504 // the answer did not come in time
)

// latencyTexts describe the statuses that are failures.
var latencyTexts = map[int]string{
	latencyBadRequest: "Bad Request", latencyGone: "Request Timeout",
	latencyUnavailable: "Service Unavailable", latencyTimeout: "Service Timeout",
}

// latency is the document that is published.
type latency struct {
	Type        string              `json:"type"`
	ID          string              `json:"id"`
	Time        time.Time           `json:"timestamp"`
	Status      int                 `json:"status"`
	Description string              `json:"description,omitempty"`
	Requestor   json.RawMessage     `json:"requestor,omitempty"`
	Responder   json.RawMessage     `json:"responder,omitempty"`
	Header      map[string][]string `json:"header,omitempty"`
	Start       time.Time           `json:"start"`
	// Service is the time that the service took, System that which the server
	// needed, Total both with the round trips; nanoseconds.
	Service time.Duration `json:"service"`
	System  time.Duration `json:"system"`
	Total   time.Duration `json:"total"`
}

// sample decides whether the latency of a request is measured: nil if it is not.
func (s *service) sample(m *message.Message) *measurement {
	to := s.imp.Export.Latency
	if to == nil {
		return nil
	}
	var header map[string][]string
	if to.Sampling == 0 || rand.IntN(100) >= to.Sampling {
		if header = sampledHeaders(m.Header); header == nil {
			return nil
		}
	}
	ms := &measurement{to: to, account: s.exporter, arrived: time.Now(), header: header}
	if r, ok := m.Origin.(Requester); ok {
		ms.requestor = r.AppendRequestInfo(nil, s.imp.Share, "")
		ms.rtt = r.RTT()
	}
	return ms
}

// failed publishes that there is no answer.
func (s *Services) failed(ms *measurement, status int) {
	if ms == nil {
		return
	}
	s.publishLatency(ms, &latency{Status: status, Description: latencyTexts[status]})
}

// answered publishes how long an answer took that somebody has sent at a time.
func (s *Services) answered(ms *measurement, by any, at time.Time) {
	took := at.Sub(ms.arrived)
	l := latency{Status: latencyOK, Service: took, System: max(time.Since(at), 0)}
	if r, ok := by.(Requester); ok {
		l.Responder = r.AppendRequestInfo(nil, true, "")
		l.Service = max(took-r.RTT(), 0)
	}
	l.Total = ms.rtt + took + l.System
	s.publishLatency(ms, &l)
}

func (s *Services) publishLatency(ms *measurement, l *latency) {
	if s.Publish == nil {
		return
	}
	l.Type, l.ID, l.Time = "io.nats.server.metric.v1.service_latency", document.NewID(), time.Now().UTC()
	l.Requestor, l.Header, l.Start = ms.requestor, ms.header, ms.arrived.Add(-ms.rtt).UTC()
	body, err := json.Marshal(l)
	if err != nil {
		return // strings and numbers always marshal
	}
	s.Publish(ms.account, ms.to.Subject, body)
}
