package router

import (
	"encoding/json"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// report is what a trace says, without the times.
type report struct {
	Server document.Author
	Events []struct {
		Type, To, Sub, Queue, Error string
	}
}

// publishTraced publishes on a.b and returns the count and the report.
func (s *scene) publishTraced(t *testing.T, only bool) (int, report) {
	t.Helper()
	dest := s.subscribe(t, "report.to")
	var payload []string
	dest.log = &payload
	s.load(t, "PUB a.b 2\r\nhi\r\n")
	s.pass.Trace = trace.Begin(trace.Request{Dest: "report.to", Only: only}, nil, 2, trace.Ingress{Subject: "a.b"})
	n := mapAndRoute(s.Account, &s.pass)
	if err := Report(s.Account, &s.pass, document.Author{Name: "s1"}); err != nil {
		t.Fatal(err)
	}
	if s.pass.Trace != nil {
		t.Error("the trace goes on behind its report")
	}
	if len(payload) != 1 {
		t.Fatalf("%d reports", len(payload))
	}
	var r report
	const head = "report.to: report.to "
	if err := json.Unmarshal([]byte(payload[0][len(head):]), &r); err != nil {
		t.Fatal(err)
	}
	return n, r
}

func TestTraceRecordsEveryAttempt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		sub     string
		outcome account.Outcome
		want    string
		count   int
	}{
		{"delivered", "a.b", account.Delivered, "", 1},
		{"delivered to a group", "q=a.b", account.Delivered, "", 1},
		{"own message", "a.b", account.Echo, "Not delivered because of no echo", 0},
		{"own message in a group", "q=a.b", account.Echo, "Not delivered because of no echo", 0},
		{"no subscription any more", "a.b", account.Unsubscribed, "Not delivered because subscription is closed", 0},
		{"quota used up", "a.b", account.Spent, "Not delivered because auto-unsubscribe exceeded", 0},
		{"connection ending", "a.b", account.Closed, "Not delivered because client is closed", 0},
		{"behind", "a.b", account.Dropped, "Not delivered because fast producer not stalled and consumer is slow", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, only := range []bool{false, true} {
				s := newScene(t, tt.sub)
				f := s.subs[tt.sub]
				f.outcome = tt.outcome
				n, r := s.publishTraced(t, only)
				if diff := cmp.Diff(tt.count, n); diff != "" {
					t.Errorf("only %t: count: %s", only, diff)
				}
				if len(r.Events) != 2 {
					t.Fatalf("only %t: %d events, want ingress and egress", only, len(r.Events))
				}
				got := r.Events[1]
				got.Type, got.To = "", ""
				want := got
				want.Sub, want.Queue, want.Error = f.sub, f.queue, tt.want
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("only %t: %s", only, diff)
				}
				if only && f.tries > 0 {
					t.Error("delivered although only the trace was wanted")
				}
			}
		})
	}
}

func TestTraceWalksTheGroupUntilSomebodyTakesIt(t *testing.T) {
	t.Parallel()
	for range 20 {
		s := newScene(t, "q=a.b", "q=a.*", "q=a.>")
		s.subs["q=a.b"].outcome = account.Closed
		s.subs["q=a.*"].outcome = account.Echo
		n, r := s.publishTraced(t, false)
		if n != 1 || len(s.log) != 1 {
			t.Fatalf("counted %d, delivered %q", n, s.log)
		}
		for i, e := range r.Events[1:] {
			if last := i == len(r.Events)-2; (e.Error == "") != last {
				t.Errorf("attempt %d of %d: error %q", i+1, len(r.Events)-1, e.Error)
			}
		}
	}
}

func TestTraceRecordsTheMapping(t *testing.T) {
	t.Parallel()
	s := newScene(t, "a.b", "b")
	s.mapTo(t, "a.b", "b", 100)
	_, r := s.publishTraced(t, false)
	var got []string
	for _, e := range r.Events {
		got = append(got, e.Type+" "+e.To+e.Sub)
	}
	if diff := cmp.Diff([]string{"in ", "sm b", "eg b"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"b: b hi"}, s.log); diff != "" {
		t.Error(diff)
	}
}

func TestReportIsNotMapped(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.mapTo(t, "report.to", "elsewhere", 100)
	_, r := s.publishTraced(t, false)
	if diff := cmp.Diff("s1", r.Server.Name); diff != "" {
		t.Error(diff)
	}
}
