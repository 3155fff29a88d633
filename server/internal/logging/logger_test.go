package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lockedBuffer collects what is written, each write apart.
type lockedBuffer struct {
	mu     sync.Mutex
	writes []string
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writes = append(b.writes, string(p))
	return len(p), nil
}

func (b *lockedBuffer) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.writes
	b.writes = nil
	return w
}

// open returns a logger that is closed with the test.
func open(t testing.TB, cfg Config) *Logger {
	t.Helper()
	l, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

// mask replaces what differs between runs.
func mask(line string) string {
	line = strings.ReplaceAll(line, fmt.Sprint(os.Getpid()), "PID")
	return regexp.MustCompile(`\d{4}(/|-)\d\d(/|-)\d\d(T| )\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)?`).ReplaceAllString(line, "TIME")
}

func masked(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, mask(l))
	}
	return out
}

var testConn = Conn{Remote: "127.0.0.1:52468", Kind: "cid", ID: 80, Client: "v1.2:go:name", User: "ACC/user:name"}

// everyLevel logs one line of each kind.
func everyLevel(l *Logger) {
	l.Infof("Server is ready")
	l.Warnf("w %d", 1)
	l.Errorf("e\n")
	l.Debugf("d")
	l.Tracef("<<- [%s]", "PING")
	l.Fatalf("f")
	l.With(testConn).Debugf("Client connection created")
	l.With(Conn{Remote: "[::1]:1", Kind: "rid", ID: 2}).Infof("x")
}

func TestTextLinesHaveTheLayoutOfTheReferenceServer(t *testing.T) {
	t.Parallel()
	var buf lockedBuffer
	everyLevel(open(t, Config{Debug: true, Trace: true, Stderr: &buf}))
	want := []string{
		"[PID] TIME [INF] Server is ready\n",
		"[PID] TIME [WRN] w 1\n",
		"[PID] TIME [ERR] e\n",
		"[PID] TIME [DBG] d\n",
		"[PID] TIME [TRC] <<- [PING]\n",
		"[PID] TIME [FTL] f\n",
		"[PID] TIME [DBG] 127.0.0.1:52468 - cid:80 - \"v1.2:go:name\" - \"ACC/user:name\" - Client connection created\n",
		"[PID] TIME [INF] [::1]:1 - rid:2 - x\n",
	}
	if diff := cmp.Diff(want, masked(buf.take())); diff != "" {
		t.Errorf("one write a line (-want +got)\n%s", diff)
	}
}

func TestJSONLinesHaveStableFields(t *testing.T) {
	t.Parallel()
	var buf lockedBuffer
	everyLevel(open(t, Config{Debug: true, Trace: true, JSON: true, Stderr: &buf}))
	want := []string{
		`{"time":"TIME","level":"info","pid":PID,"msg":"Server is ready"}` + "\n",
		`{"time":"TIME","level":"warn","pid":PID,"msg":"w 1"}` + "\n",
		`{"time":"TIME","level":"error","pid":PID,"msg":"e"}` + "\n",
		`{"time":"TIME","level":"debug","pid":PID,"msg":"d"}` + "\n",
		`{"time":"TIME","level":"trace","pid":PID,"msg":"<<- [PING]"}` + "\n",
		`{"time":"TIME","level":"fatal","pid":PID,"msg":"f"}` + "\n",
		`{"time":"TIME","level":"debug","pid":PID,"conn":"cid:80","remote":"127.0.0.1:52468","client":"v1.2:go:name","user":"ACC/user:name","msg":"Client connection created"}` + "\n",
		`{"time":"TIME","level":"info","pid":PID,"conn":"rid:2","remote":"[::1]:1","msg":"x"}` + "\n",
	}
	if diff := cmp.Diff(want, masked(buf.take())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLinesOfATerminalAreColoured(t *testing.T) {
	t.Parallel()
	e := encoder{pid: 7, coloured: true, noTime: true}
	want := []string{
		"[7] [\x1b[32mINF\x1b[0m] x\n", "[7] [\x1b[0;93mWRN\x1b[0m] x\n", "[7] [\x1b[31mERR\x1b[0m] x\n",
		"[7] [\x1b[36mDBG\x1b[0m] x\n", "[7] [\x1b[33mTRC\x1b[0m] x\n", "[7] [\x1b[31mFTL\x1b[0m] x\n",
	}
	var got []string
	for level := Info; level <= Fatal; level++ {
		got = append(got, string(e.append(nil, &message{level: level, text: []byte("x")})))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	f, err := os.Create(t.TempDir() + "/f")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if isTerminal(f) || isTerminal(&bytes.Buffer{}) {
		t.Error("a file or a buffer passes for a terminal")
	}
}

func TestTimesAreAsConfigured(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 11, 23, 8, 38, 36, 316238999, time.FixedZone("", 2*3600))
	for _, tc := range []struct {
		enc  encoder
		want string
	}{
		{encoder{pid: 1}, "[1] 2026/11/23 08:38:36.316238 [INF] x\n"},
		{encoder{pid: 1, utc: true}, "[1] 2026/11/23 06:38:36.316238 [INF] x\n"},
		{encoder{pid: 1, noTime: true}, "[1] [INF] x\n"},
		{encoder{pid: 1, json: true}, `{"time":"2026-11-23T08:38:36.316238+02:00","level":"info","pid":1,"msg":"x"}` + "\n"},
		{encoder{pid: 1, json: true, utc: true}, `{"time":"2026-11-23T06:38:36.316238Z","level":"info","pid":1,"msg":"x"}` + "\n"},
		{encoder{pid: 1, json: true, noTime: true}, `{"level":"info","pid":1,"msg":"x"}` + "\n"},
		{encoder{pid: 1, bare: true}, "x\n"},
	} {
		got := string(tc.enc.append(nil, &message{time: when, text: []byte("x")}))
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", tc.enc, diff)
		}
	}
}

func TestLevelsAreSwitchedAtRunTime(t *testing.T) {
	t.Parallel()
	var buf lockedBuffer
	l := open(t, Config{Stderr: &buf, NoTime: true})
	conn := l.With(testConn)
	step := func(cfg Config, want ...string) {
		t.Helper()
		cfg.Stderr, cfg.NoTime = &buf, true
		if err := l.Reconfigure(cfg); err != nil {
			t.Fatal(err)
		}
		if l.DebugEnabled() != cfg.Debug || conn.TraceEnabled() != cfg.Trace {
			t.Errorf("%+v: enabled debug %v, trace %v", cfg, l.DebugEnabled(), conn.TraceEnabled())
		}
		l.Debugf("d")
		l.Tracef("t")
		l.Limited(Debug, "l")
		if diff := cmp.Diff(want, masked(buf.take())); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	step(Config{})
	step(Config{Debug: true}, "[PID] [DBG] d\n", "[PID] [DBG] l\n")
	step(Config{Trace: true, JSON: true}, `{"level":"trace","pid":PID,"msg":"t"}`+"\n")
	step(Config{})
}

func TestEmbedderTakesTheLog(t *testing.T) {
	t.Parallel()
	var sink recorder
	l := open(t, Config{Sink: &sink, Debug: true, Stderr: failingWriter{}})
	l.Infof("a %d", 1)
	l.With(testConn).Debugf("b\x00")
	l.Tracef("off")
	want := []Record{{Level: Info, Text: "a 1"}, {Level: Debug, Text: "b\x00", Conn: &testConn}}
	if diff := cmp.Diff(want, sink.take()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l.Infof("late")
	if got := sink.take(); got != nil {
		t.Errorf("after Close: %v", got)
	}
}

// recorder is a sink that keeps what it gets.
type recorder struct {
	mu      sync.Mutex
	records []Record
}

func (r *recorder) Log(rec Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec.Time = time.Time{}
	r.records = append(r.records, rec)
}

func (r *recorder) take() []Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	recs := r.records
	r.records = nil
	return recs
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestFailingStderrAndDiscardAreSilent(t *testing.T) {
	t.Parallel()
	open(t, Config{Stderr: failingWriter{}}).Infof("x")
	var buf lockedBuffer
	open(t, Config{Discard: true, Stderr: &buf}).Infof("x")
	if got := buf.take(); got != nil {
		t.Errorf("discarded log wrote %q", got)
	}
}

func TestLimitedLinesRepeatOnceASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var buf lockedBuffer
		l := open(t, Config{Stderr: &buf, NoTime: true})
		conn := l.With(Conn{Remote: "h:1", Kind: "cid", ID: 1})
		for range 10 {
			l.Limited(Warn, "drop %s", "a")
			l.Limited(Warn, "drop %s", "b")
			conn.Limited(Warn, "drop a")
			time.Sleep(limitedInterval / 5)
		}
		round := []string{"[PID] [WRN] drop a\n", "[PID] [WRN] drop b\n", "[PID] [WRN] h:1 - cid:1 - drop a\n"}
		if diff := cmp.Diff(append(round, round...), masked(buf.take())); diff != "" {
			t.Errorf("two seconds (-want +got)\n%s", diff)
		}
	})
}

func TestLimitedLinesAreBoundedHoweverManyTextsThereAre(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sink recorder
		l := open(t, Config{Sink: &sink})
		for second := range 3 {
			for i := range 5 * limitedTexts {
				l.Limited(Error, "%d %d", second, i)
			}
			if n := len(sink.take()); n != limitedTexts {
				t.Errorf("second %d: %d lines, want %d", second, n, limitedTexts)
			}
			if n := len(l.core.limiter.last); n > limitedTexts {
				t.Errorf("%d texts remembered", n)
			}
			time.Sleep(limitedInterval)
		}
	})
}

func TestConcurrentUseKeepsLinesWhole(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/log"
	l := open(t, Config{File: path, SizeLimit: 2000, JSON: true})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			conn := l.With(Conn{Remote: "h:1", Kind: "cid", ID: uint64(g)})
			for i := range 50 {
				conn.Infof("line %d", i)
				l.Limited(Warn, "w")
				if i%10 == 0 {
					if err := l.Reconfigure(Config{File: path, SizeLimit: 2000 + int64(g), JSON: true, Debug: i%20 == 0}); err != nil {
						t.Error(err)
					}
					if err := l.Reopen(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	old, err := backups(path)
	if err != nil || len(old) == 0 {
		t.Fatalf("backups %v, error %v", old, err)
	}
	lines := 0
	for _, name := range append(old, path) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			var fields struct{ Conn, Msg string }
			if err := json.Unmarshal(line, &fields); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if fields.Conn != "" {
				lines++
			}
		}
	}
	if lines != 200 {
		t.Errorf("%d lines of connections, want 200", lines)
	}
}
