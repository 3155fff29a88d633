package monitor

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	profilePath = "/debug/pprof/"
	// Seconds that a recording takes if the request does not say, and at most.
	defaultCPUSeconds   = 30
	defaultTraceSeconds = 1
	maxSeconds          = 600
	// maxSymbols is how many addresses one request may ask for.
	maxSymbols = 10000
)

// Profiler returns a handler for what go tool pprof and go tool trace ask
// for, at /debug/pprof/. It does what net/http/pprof does, without importing
// it: that package adds itself to the default mux of the program that embeds
// the server. args is the command line without secrets.
func Profiler(args []string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(profilePath+"{$}", profileIndex)
	mux.HandleFunc(profilePath+"{name}", namedProfile)
	mux.HandleFunc(profilePath+"profile", cpuProfile)
	mux.HandleFunc(profilePath+"trace", execTrace)
	mux.HandleFunc(profilePath+"symbol", symbols)
	mux.HandleFunc(profilePath+"cmdline", func(w http.ResponseWriter, _ *http.Request) {
		plain(w)
		fmt.Fprint(w, strings.Join(args, "\x00"))
	})
	return mux
}

// plain announces text that a browser must not take for anything else.
func plain(w http.ResponseWriter) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
}

// download announces a file.
func download(w http.ResponseWriter, name string) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
}

// fail answers that there is no profile. The mark tells go tool pprof that the
// text is for its user.
func fail(w http.ResponseWriter, status int, text string) {
	plain(w)
	w.Header().Del("Content-Disposition")
	w.Header().Set("X-Go-Pprof", "1")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// profileIndex lists the profiles.
func profileIndex(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, "<html>\n<head><title>/debug/pprof/</title></head>\n<body>\n<table>\n")
	profiles := pprof.Profiles()
	slices.SortFunc(profiles, func(a, b *pprof.Profile) int { return strings.Compare(a.Name(), b.Name()) })
	for _, p := range profiles {
		name := html.EscapeString(p.Name())
		fmt.Fprintf(w, "<tr><td>%d</td><td><a href=\"%s?debug=1\">%s</a></td></tr>\n", p.Count(), name, name)
	}
	for _, name := range []string{"cmdline", "profile", "symbol", "trace"} {
		fmt.Fprintf(w, "<tr><td></td><td><a href=\"%s\">%s</a></td></tr>\n", name, name)
	}
	fmt.Fprint(w, "</table>\n<p><a href=\"goroutine?debug=2\">full goroutine stack dump</a></p>\n</body>\n</html>\n")
}

// namedProfile serves one of the profiles that the runtime always keeps.
func namedProfile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	p := pprof.Lookup(name)
	if p == nil {
		fail(w, http.StatusNotFound, "Unknown profile")
		return
	}
	q := r.URL.Query()
	if gc, err := strconv.Atoi(q.Get("gc")); err == nil && gc > 0 && name == "heap" {
		runtime.GC()
	}
	debug, err := strconv.Atoi(q.Get("debug"))
	if err == nil && debug != 0 {
		plain(w)
	} else {
		download(w, name)
	}
	// A peer that has gone is the only way in which this fails.
	_ = p.WriteTo(w, debug)
}

// cpuProfile records where the time goes.
func cpuProfile(w http.ResponseWriter, r *http.Request) {
	record(w, r, "profile", defaultCPUSeconds, pprof.StartCPUProfile, pprof.StopCPUProfile)
}

// execTrace records what the scheduler does.
func execTrace(w http.ResponseWriter, r *http.Request) {
	record(w, r, "trace", defaultTraceSeconds, trace.Start, trace.Stop)
}

// record serves a recording of as many seconds as the request asks for. There
// is one recorder in the process: a second request is refused.
func record(w http.ResponseWriter, r *http.Request, name string, seconds float64, start func(io.Writer) error, stop func()) {
	if s, err := strconv.ParseFloat(r.URL.Query().Get("seconds"), 64); err == nil && s > 0 {
		seconds = min(s, maxSeconds)
	}
	download(w, name)
	if err := start(w); err != nil {
		fail(w, http.StatusInternalServerError, fmt.Sprintf("Could not enable recording: %s", err))
		return
	}
	wait(r.Context(), time.Duration(seconds*float64(time.Second)))
	stop()
}

// wait returns after d, or when nobody waits for the recording any more.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// symbols names the functions at the addresses that the body, or the query,
// lists with "+" between them.
func symbols(w http.ResponseWriter, r *http.Request) {
	plain(w)
	fmt.Fprint(w, "num_symbols: 1\n") // more than none: it is able to
	var from io.Reader = strings.NewReader(r.URL.RawQuery)
	if r.Method == http.MethodPost {
		from = r.Body
	}
	b := bufio.NewReader(from)
	for range maxSymbols {
		word, err := b.ReadSlice('+')
		address := strings.TrimSuffix(string(word), "+")
		if pc, bad := strconv.ParseUint(address, 0, 64); bad == nil && pc != 0 {
			if f := runtime.FuncForPC(uintptr(pc)); f != nil {
				fmt.Fprintf(w, "%#x %s\n", pc, f.Name())
			}
		}
		if err != nil {
			return
		}
	}
}
