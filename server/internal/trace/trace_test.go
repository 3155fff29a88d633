package trace

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/s2"

	"github.com/dunlin-mq/dunlin/server/internal/document"
)

var server = document.Author{
	Name: "s1", Host: "127.0.0.1", ID: "NABC", Version: "2.15.2", Tags: []string{"a:b"},
	Meta: map[string]string{"k": "v"}, Features: map[string]bool{"f": true},
}

// The order of the keys is part of what is tested: it is the one that
// nats-server writes.
func TestReport(t *testing.T) {
	t.Parallel()
	client := Ingress{ID: 7, Name: "pub", Account: "$G", Subject: "m.x"}
	const head = `{"server":{"name":"s1","host":"127.0.0.1","id":"NABC","ver":"2.15.2",` +
		`"tags":["a:b"],"metadata":{"k":"v"},"feature_flags":{"f":true},"jetstream":false,"flags":0,"seq":12,` +
		`"time":"2000-01-01T00:00:03Z"},"request":{"header":{"Nats-Trace-Dest":["t"]},"msgsize":38},"events":[`
	const in = `{"type":"in","ts":"2000-01-01T00:00:00Z","kind":0,"cid":7,"name":"pub","acc":"$G","subj":"m.x"}`
	for _, tt := range []struct {
		name  string
		watch func(*Trace)
		want  string
	}{
		{"nobody there", func(*Trace) {}, in},
		{"refused", func(tr *Trace) { tr.Refused("no way") },
			strings.TrimSuffix(in, "}") + `,"error":"no way"}`},
		{"mapped and delivered", func(tr *Trace) {
			time.Sleep(1500 * time.Millisecond) //archcheck:allow sleep: in a synctest bubble, called through a table
			tr.Mapped("n.x")
			tr.Tried(Egress{ID: 5, Name: "sub", Sub: "n.>"})
			tr.Tried(Egress{ID: 6, Sub: "n.x", Queue: "q", Error: NotDeliveredNoEcho})
		}, in + `,{"type":"sm","ts":"2000-01-01T00:00:01.5Z","to":"n.x"}` +
			`,{"type":"eg","ts":"2000-01-01T00:00:01.5Z","kind":0,"cid":5,"name":"sub","sub":"n.\u003e"}` +
			`,{"type":"eg","ts":"2000-01-01T00:00:01.5Z","kind":0,"cid":6,"sub":"n.x","queue":"q",` +
			`"error":"Not delivered because of no echo"}`},
		{"lost by a mapping", func(tr *Trace) { tr.Mapped("") },
			in + `,{"type":"sm","ts":"2000-01-01T00:00:00Z","to":""}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				tr := Begin(Request{Dest: "t"}, []byte(block("Nats-Trace-Dest: t")), 38, client)
				tt.watch(tr)
				time.Sleep(3*time.Second - time.Since(begun))
				head0, got, err := tr.Report(server.Stamped(12))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(head+tt.want+"]}", string(got)); diff != "" {
					t.Error(diff)
				}
				if len(head0) > 0 {
					t.Errorf("block %q without a wish for compression", head0)
				}
			})
		})
	}
}

func TestReportLeavesOutWhatTheServerLacks(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(document.Author{Name: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"s1","host":"","id":"","ver":"","jetstream":false,"flags":0,"seq":0,"time":"0001-01-01T00:00:00Z"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestReportShowsTheHeaders(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		block string
		want  map[string][]string
	}{
		{"in all their values", block("A: 1", "B:x", "A: 2"), map[string][]string{"A": {"1", "2"}, "B": {"x"}}},
		{"without blanks around values", block("A: \t x\t ", " B : y"), map[string][]string{"A": {"x"}, " B ": {"y"}}},
		{"without empty ones", block("A:", "B: ", ": v", "C: c"), map[string][]string{"C": {"c"}}},
		{"without lines that are none", block("nothing", "C: c:d"), map[string][]string{"C": {"c:d"}}},
		{"as far as they are text", block("A\xff: x\xfe\u2028"), map[string][]string{"A\ufffd": {"x\ufffd\u2028"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, payload, err := Begin(Request{Dest: "t"}, []byte(tt.block), 1, Ingress{}).Report(server)
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Request struct{ Header map[string][]string }
			}
			if err := json.Unmarshal(payload, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Request.Header); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReportIsCompressedOnRequest(t *testing.T) {
	t.Parallel()
	identity := func(r io.Reader) (io.Reader, error) { return r, nil }
	gunzip := func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	// The magic of the stream says that it is snappy; the reader takes both.
	snappy := func(r io.Reader) (io.Reader, error) {
		all, err := io.ReadAll(r)
		if !bytes.HasPrefix(all, []byte("\xff\x06\x00\x00sNaPpY")) {
			t.Error("not the beginning of a snappy stream")
		}
		return s2.NewReader(bytes.NewReader(all)), err
	}
	for _, tt := range []struct {
		accept, encoding string
		open             func(io.Reader) (io.Reader, error)
	}{
		{"", "", identity},
		{"gzip", "gzip", gunzip},
		{"GZIP", "gzip", gunzip},
		{"br, gzip;q=0.5", "gzip", gunzip},
		{"snappy", "snappy", snappy},
		{"s2", "snappy", snappy},
		{"gzip, S2", "snappy", snappy},
		{"deflate", "identity", identity},
	} {
		t.Run(tt.accept, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat("all work and no play ", 100)
			req := Request{Dest: "t", Accept: tt.accept}
			gotBlock, body, err := Begin(req, nil, 1, Ingress{Subject: text}).Report(server)
			if err != nil {
				t.Fatal(err)
			}
			wantBlock := ""
			if tt.encoding != "" {
				wantBlock = block("Content-Encoding: " + tt.encoding)
			}
			if diff := cmp.Diff(wantBlock, string(gotBlock)); diff != "" {
				t.Error(diff)
			}
			r, err := tt.open(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			plain, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			var got struct{ Events []Ingress }
			if err := json.Unmarshal(plain, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Ingress{{Subject: text}}, got.Events); diff != "" {
				t.Error(diff)
			}
		})
	}
}
