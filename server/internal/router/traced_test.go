package router

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

// entry is what a test looks at in an event of a report.
type entry struct {
	Type  string `json:"type"`
	Sub   string `json:"sub"`
	Queue string `json:"queue"`
	To    string `json:"to"`
	Error string `json:"error"`
}

// traceOf publishes a message that asks for a report and returns the events
// in it, besides the first one, and how many got the message.
func traceOf(t *testing.T, a *account.Account, only bool) (events []entry, delivered int) {
	t.Helper()
	p := passing(t, pub)
	request := trace.Request{Dest: "report", Only: only}
	p.Trace = trace.Begin(request, nil, p.Message.Size(), trace.Ingress{})
	report := subscribe(t, a, "report", "")
	delivered = Publish(a, p)
	if err := Report(a, p, trace.Server{}); err != nil {
		t.Fatal(err)
	}
	if p.Trace != nil {
		t.Error("the next message would be traced too")
	}
	if len(report.took) != 1 {
		t.Fatalf("%d reports", len(report.took))
	}
	line, payload, _ := strings.Cut(report.took[0], "\r\n")
	if !strings.HasPrefix(line, "MSG report 1 ") {
		t.Errorf("the report begins %q", line)
	}
	var doc struct {
		Events []entry `json:"events"`
	}
	if err := json.Unmarshal([]byte(payload), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Events) == 0 || doc.Events[0].Type != "in" {
		t.Fatalf("the report does not begin where the message came in: %s", payload)
	}
	return doc.Events[1:], delivered
}

func TestTraceNamesEveryOutcome(t *testing.T) {
	t.Parallel()
	for o, text := range outcomes {
		a := account.New(account.Global)
		s := subscribe(t, a, "a.*", "")
		s.answer = account.Outcome(o)
		events, _ := traceOf(t, a, false)
		if diff := cmp.Diff([]entry{{Type: "eg", Sub: "a.*", Error: text}}, events); diff != "" {
			t.Errorf("outcome %d, -want +got:\n%s", o, diff)
		}
		if text == "" != (account.Outcome(o) == account.Delivered) {
			t.Errorf("outcome %d is shown as %q", o, text)
		}
	}
}

func TestTraceFollowsQueueGroup(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	for range 3 {
		subscribe(t, a, "a.b", "q").answer = account.Dropped
	}
	willing := subscribe(t, a, "a.*", "q")
	events, delivered := traceOf(t, a, false)
	if delivered != 1 || len(willing.took) != 1 {
		t.Errorf("delivered to %d, the willing member got %d", delivered, len(willing.took))
	}
	last := len(events) - 1
	for i, e := range events {
		want := entry{Type: "eg", Sub: "a.b", Queue: "q", Error: trace.NotDeliveredSlow}
		if i == last {
			want = entry{Type: "eg", Sub: "a.*", Queue: "q"}
		}
		if e != want {
			t.Errorf("event %d: %+v, want %+v", i, e, want)
		}
	}
	if willing.answer = account.Closed; last < 0 {
		t.Fatal("no events")
	}
	if events, delivered := traceOf(t, a, false); delivered != 0 || len(events) != 4 {
		t.Errorf("all refuse: delivered to %d, %d attempts recorded", delivered, len(events))
	}
}

func TestTraceOnlyDeliversNothing(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	plain, queue := subscribe(t, a, "a.b", ""), subscribe(t, a, "a.b", "q")
	events, would := traceOf(t, a, true)
	want := []entry{{Type: "eg", Sub: "a.b"}, {Type: "eg", Sub: "a.b", Queue: "q"}}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if would != 2 || plain.offered+queue.offered != 0 {
		t.Errorf("would deliver to %d (want 2), did to %d", would, plain.offered+queue.offered)
	}
}

func TestTraceTellsOfMapping(t *testing.T) {
	t.Parallel()
	a := account.New(account.Global)
	subscribe(t, a, "c", "")
	a.Mappings.Store(mappingsOf(t, "a.b", subject.Dest{Subject: "c", Weight: 100}))
	events, _ := traceOf(t, a, false)
	if diff := cmp.Diff([]entry{{Type: "sm", To: "c"}, {Type: "eg", Sub: "c"}}, events); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	lost := mappingsOf(t, "a.b", subject.Dest{Subject: "a.b", Weight: 1}).WithRand(func(int) int { return 99 })
	a.Mappings.Store(lost)
	if events, n := traceOf(t, a, false); n != 0 || len(events) != 1 || events[0].Type != "sm" {
		t.Errorf("a lost message: delivered to %d, events %+v", n, events)
	}
}
