package monitor

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNamedProfiles(t *testing.T) {
	t.Parallel()
	h := Profiler(nil)
	for _, name := range []string{"heap", "heap?gc=1", "goroutine", "allocs", "block", "mutex", "threadcreate", "heap?debug=x"} {
		r := get(t, h, "/debug/pprof/"+name)
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b, err := io.ReadAll(z); err != nil || len(b) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
		short, _, _ := strings.Cut(name, "?")
		if got, want := r.Header.Get("Content-Disposition"), fmt.Sprintf("attachment; filename=%q", short); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if text := body(t, h, "/debug/pprof/goroutine?debug=2"); !strings.Contains(text, "TestNamedProfiles") {
		t.Errorf("no stacks in %.100q", text)
	}
}

func TestProfilerPages(t *testing.T) {
	t.Parallel()
	h := Profiler([]string{"dunlin", "--pass", "[REDACTED]"})
	const text = "text/plain; charset=utf-8"
	if diff := cmp.Diff(reply{200, text, "", "dunlin\x00--pass\x00[REDACTED]"}, ask(t, h, "/debug/pprof/cmdline")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(reply{404, text, "", "Unknown profile\n"}, ask(t, h, "/debug/pprof/nope")); diff != "" {
		t.Error(diff)
	}
	if mark := get(t, h, "/debug/pprof/nope").Header.Get("X-Go-Pprof"); mark != "1" {
		t.Errorf("X-Go-Pprof is %q", mark)
	}
	if page := body(t, h, "/debug/pprof/"); !strings.Contains(page, `<a href="heap?debug=1">heap</a>`) || !strings.Contains(page, `href="trace"`) {
		t.Errorf("links are missing in\n%s", page)
	}
	for path, want := range map[string]int{"/": 404, "/varz": 404, "/debug/pprof": 307, "/debug/pprof/a/b": 404} {
		if got := ask(t, h, path).Status; got != want {
			t.Errorf("%s: status %d, want %d", path, got, want)
		}
	}
}

func TestSymbolsAreNamed(t *testing.T) {
	t.Parallel()
	h := Profiler(nil)
	pc := reflect.ValueOf(TestSymbolsAreNamed).Pointer()
	query := fmt.Sprintf("0x1+junk+%#x+0", pc)
	want := fmt.Sprintf("num_symbols: 1\n%#x github.com/dunlin-mq/dunlin/server/internal/monitor.TestSymbolsAreNamed\n", pc)
	if got := body(t, h, "/debug/pprof/symbol?"+query); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/debug/pprof/symbol", strings.NewReader(query)))
	if got := w.Body.String(); got != want {
		t.Errorf("post: got %q, want %q", got, want)
	}
	long := strings.Repeat("1", 1<<20) // one "address" longer than any buffer
	if got := body(t, h, "/debug/pprof/symbol?"+long); got != "num_symbols: 1\n" {
		t.Errorf("got %.100q", got)
	}
}

// recorder notes how long it was asked to record.
type recorder struct {
	started time.Time
	lasted  time.Duration
	err     error
}

func (r *recorder) start(w io.Writer) error {
	r.started = time.Now()
	if r.err == nil {
		fmt.Fprint(w, "recording")
	}
	return r.err
}

func (r *recorder) stop() { r.lasted = time.Since(r.started) }

func TestRecordingsTakeTheirTime(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]time.Duration{
		"": 30 * time.Second, "seconds=0": 30 * time.Second, "seconds=-1": 30 * time.Second, "seconds=x": 30 * time.Second,
		"seconds=NaN": 30 * time.Second, "seconds=2": 2 * time.Second, "seconds=0.5": 500 * time.Millisecond,
		"seconds=1e300": maxSeconds * time.Second, "seconds=Inf": maxSeconds * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			rec, w := &recorder{}, httptest.NewRecorder()
			record(w, httptest.NewRequest(http.MethodGet, "/?"+query, nil), "profile", defaultCPUSeconds, rec.start, rec.stop)
			if rec.lasted != want {
				t.Errorf("%q: %v, want %v", query, rec.lasted, want)
			}
			if w.Code != http.StatusOK || w.Body.String() != "recording" {
				t.Errorf("%q: status %d, %q", query, w.Code, w.Body)
			}
		})
	}
}

func TestRecordingEndsWhenNobodyWaitsForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		rec := &recorder{}
		r := httptest.NewRequest(http.MethodGet, "/?seconds=60", nil).WithContext(ctx)
		record(httptest.NewRecorder(), r, "trace", 1, rec.start, rec.stop)
		if rec.lasted != time.Second {
			t.Errorf("recorded for %v", rec.lasted)
		}
	})
}

func TestSecondRecordingIsRefused(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	rec := &recorder{err: fmt.Errorf("already in use")}
	record(w, httptest.NewRequest(http.MethodGet, "/", nil), "profile", 1, rec.start, rec.stop)
	if w.Code != http.StatusInternalServerError || w.Body.String() != "Could not enable recording: already in use\n" {
		t.Errorf("status %d: %q", w.Code, w.Body)
	}
	if got := w.Header().Get("Content-Disposition"); got != "" {
		t.Errorf("an error is offered as a file: %s", got)
	}
}

// TestRecordings records for real; it is the only test that may.
func TestRecordings(t *testing.T) {
	t.Parallel()
	h := Profiler(nil)
	for name, magic := range map[string]string{"profile": "\x1f\x8b", "trace": "go 1."} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/debug/pprof/"+name+"?seconds=0.01", nil))
		if w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte(magic)) {
			t.Errorf("%s: status %d, %.40q", name, w.Code, w.Body)
		}
	}
}

func TestProfilerLeavesTheDefaultMuxAlone(t *testing.T) {
	t.Parallel()
	Profiler(nil)
	monitorOf(&fake{})
	for _, path := range []string{"/debug/pprof/", "/debug/vars", "/varz"} {
		if _, pattern := http.DefaultServeMux.Handler(httptest.NewRequest(http.MethodGet, path, nil)); pattern != "" {
			t.Errorf("%s is served by the default mux as %s", path, pattern)
		}
	}
}
