package websocket

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// asksForHealth reports whether a request is one for the state of the server:
// load balancers probe the port that they balance.
func (f *Front) asksForHealth(r *handshake.Request) bool {
	return f.HealthPath != "" && r.Path == f.HealthPath && (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		r.Header("Upgrade") == "" && !r.Body
}

// Health returns the answer to a request for the state of the server.
func (f *Front) health() (status int, body []byte) {
	var doc struct {
		Status string `json:"status"`
		Error  string `json:"error,omitempty"`
	}
	doc.Status, status = "ok", http.StatusOK
	if err := f.Health(); err != nil {
		doc.Status, doc.Error, status = "unavailable", err.Error(), http.StatusServiceUnavailable
	}
	body, _ = json.Marshal(doc) // two strings
	return status, body
}

// appendHealth appends the whole answer to r.
func (f *Front) appendHealth(dst []byte, r *handshake.Request) []byte {
	status, body := f.health()
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(append(dst, ' '), http.StatusText(status)...)
	dst = append(dst, "\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nDate: "...)
	dst = time.Now().UTC().AppendFormat(dst, http.TimeFormat)
	dst = append(dst, "\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	if !r.KeepAlive {
		dst = append(dst, "\r\nConnection: close"...)
	}
	dst = append(dst, "\r\n\r\n"...)
	if r.Method == http.MethodHead {
		return dst
	}
	return append(dst, body...)
}
