package client

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hpub is the publication of a message with the given header lines.
func hpub(subject, payload string, header ...string) string {
	block := "NATS/1.0\r\n" + strings.Join(append(header, "", ""), "\r\n")
	return fmt.Sprintf("HPUB %s %d %d\r\n%s%s", subject, len(block), len(block)+len(payload), block, payload)
}

// traced reads the report of a trace and tells its events in short.
func (p *peer) traced() []string {
	p.t.Helper()
	line, err := p.next()
	if err != nil || !strings.HasPrefix(line, "MSG t ") {
		p.t.Fatalf("read %q, %v; want the report", line, err)
	}
	if line, err = p.next(); err != nil {
		p.t.Fatal(err)
	}
	var report struct {
		Events []struct {
			Type, Name, Acc, Subj, Sub, Queue, Error string
			Kind                                     int
			CID                                      uint64
		}
	}
	if err := json.Unmarshal([]byte(line), &report); err != nil {
		p.t.Fatalf("%q: %v", line, err)
	}
	var told []string
	for _, e := range report.Events {
		told = append(told, fmt.Sprintf("%s %d:%d %s", e.Type, e.Kind, e.CID,
			strings.Join(strings.Fields(strings.Join([]string{e.Name, e.Acc, e.Subj, e.Sub, e.Queue, e.Error}, " ")), " ")))
	}
	return told
}

func TestTracedPublish(t *testing.T) {
	t.Parallel()
	const dest, only = "Nats-Trace-Dest: t", "Nats-Trace-Only: true"
	for _, tt := range []struct {
		name    string
		sent    string
		want    []string // events; none: there is no report
		reaches bool     // the subscribers get the message
		told    []string // the publisher
	}{
		{name: "reported and delivered", sent: hpub("a", "x", dest), reaches: true,
			want: []string{"in 0:3 pub $G a", "eg 0:2 sub a", "eg 0:2 sub a q"}},
		{name: "reported only", sent: hpub("a", "x", dest, only),
			want: []string{"in 0:3 pub $G a", "eg 0:2 sub a", "eg 0:2 sub a q"}},
		{name: "nobody is interested", sent: hpub("b", "x", dest), want: []string{"in 0:3 pub $G b"}},
		{name: "refused", sent: hpub("_GR_.x", "x", dest),
			want: []string{`in 0:3 pub $G _GR_.x Permissions Violation for Publish to "_GR_.x"`},
			told: []string{`-ERR 'Permissions Violation for Publish to "_GR_.x"'`}},
		{name: "to where nobody may publish", sent: hpub("a", "x", "Nats-Trace-Dest: $NRG.x"),
			told: []string{`-ERR 'Permissions Violation for Publish to "$NRG.x"'`}},
		{name: "only, but no trace is wanted", sent: hpub("a", "x", only), reaches: true},
		{name: "only, to no valid subject", sent: hpub("a", "x", "Nats-Trace-Dest: t..t", only)},
		{name: "to no valid subject", sent: hpub("a", "x", "Nats-Trace-Dest: t..t"), reaches: true},
		{name: "a header that only looks like it", sent: hpub("a", "x", "nats-trace-dest: t"), reaches: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			observer, sub, pub := w.quiet(), w.quiet(), w.join()
			observer.send("SUB t 1")
			observer.barrier()
			sub.send(`CONNECT {"verbose":false,"headers":true,"name":"sub"}`, "SUB a 1", "SUB a q 2")
			sub.barrier()
			pub.send(`CONNECT {"verbose":false,"headers":true,"name":"pub"}`, tt.sent, "PING")
			pub.expect(append(tt.told, "PONG")...)
			var got []string
			if tt.want != nil {
				got = observer.traced()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("events, -want +got:\n%s", diff)
			}
			observer.barrier() // one report, not two
			if r := sub.c.Report(Detail{}); (r.Out.Msgs == 2) != tt.reaches || r.Out.Msgs == 1 {
				t.Errorf("the subscribers got %d messages", r.Out.Msgs)
			}
		})
	}
}
