package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
)

const (
	firstStacks = 1 << 20  // bytes of stack traces that are usually enough
	maxStacks   = 64 << 20 // bytes after which they are cut off
)

// stacksz serves /stacksz: the stacks of all goroutines.
func (m *Monitor) stacksz(w http.ResponseWriter, r *http.Request) {
	if !m.begin(r) {
		return
	}
	stacks := allStacks()
	m.finish()
	// It is text, but this is the type that nats-server gives it.
	sendJSON(w, http.StatusOK, stacks)
}

func allStacks() []byte {
	for size := firstStacks; ; size *= 4 {
		buf := make([]byte, size)
		n := runtime.Stack(buf, true)
		if n < size || size >= maxStacks {
			return buf[:n]
		}
	}
}

// debugVars serves /debug/vars. It is what package expvar publishes by
// default, without expvar: that is global, and registers itself with the
// default mux of the program that embeds the server.
func (m *Monitor) debugVars(w http.ResponseWriter, _ *http.Request) {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	args, err := json.Marshal(m.cfg.Args)
	if err != nil {
		sendText(w, http.StatusInternalServerError, err.Error())
		return
	}
	stats, err := json.Marshal(&mem)
	if err != nil {
		sendText(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	fmt.Fprintf(w, "{\n\"cmdline\": %s,\n\"memstats\": %s\n}\n", args, stats)
}
