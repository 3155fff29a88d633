package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// encode writes a document, indented as nats-server does, without a newline
// at its end. An error is passed on.
func encode(document any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(document, "", "  ")
}

// answer sends an encoded document, or says what is wrong with the parameters.
func answer(w http.ResponseWriter, b []byte, err error) {
	if err != nil {
		sendText(w, http.StatusBadRequest, err.Error())
		return
	}
	sendJSON(w, http.StatusOK, b)
}

// sendJSON sends an encoded document. Any web page may read it.
func sendJSON(w http.ResponseWriter, status int, b []byte) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(b) // a peer that has gone needs no answer
}

// sendText sends an error. Its text may quote the request: it is never
// taken for HTML.
func sendText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprint(w, text)
}

// duration writes a time span the way uptime and idle show it: 1y2d3h4m5s,
// with all units below the first that is not zero.
func duration(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	const minute, hour, day, year = 60, 3600, 86400, 365 * 86400
	switch {
	case s < minute:
		return fmt.Sprintf("%ds", s)
	case s < hour:
		return fmt.Sprintf("%dm%ds", s/minute, s%minute)
	case s < day:
		return fmt.Sprintf("%dh%dm%ds", s/hour, s%hour/minute, s%minute)
	case s < year:
		return fmt.Sprintf("%dd%dh%dm%ds", s/day, s%day/hour, s%hour/minute, s%minute)
	default:
		return fmt.Sprintf("%dy%dd%dh%dm%ds", s/year, s%year/day, s%day/hour, s%hour/minute, s%minute)
	}
}

// now is a time as the documents show it: in UTC.
func now() time.Time { return time.Now().UTC() }
