package system

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"github.com/dunlin-mq/dunlin/server/internal/message"
)

// ear is a subscriber that keeps what it gets.
type ear struct {
	mu  sync.Mutex
	got []string
	// reply, if it is set, is published on the reply subject of each message.
	voice *Voice
	in    *account.Account
	reply []string
}

func (e *ear) Deliver(m *message.Message, _ *message.Batch) account.Outcome {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.got = append(e.got, string(m.Subject)+" "+string(m.Payload))
	reply := string(m.Reply)
	for _, text := range e.reply {
		go e.voice.Publish(e.in, reply, "", nil, []byte(text))
	}
	return account.Delivered
}

func (e *ear) Try(*message.Message) account.Outcome { return account.Delivered }
func (e *ear) Describe() account.Receiver           { return account.Receiver{} }
func (e *ear) Connection() any                      { return e }

func (e *ear) all() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.got, "\n")
}

func listen(t testing.TB, a *account.Account, subject string) *ear {
	t.Helper()
	e := new(ear)
	if _, err := a.Subscribe(subject, "", e); err != nil {
		t.Fatal(err)
	}
	return e
}

func quiet(string, ...any) {}

func author() document.Author {
	return document.Author{Name: "s1", Host: "h", ID: "NID", Version: "v", Tags: []string{"k:v"}}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, v := account.New("A"), NewVoice(quiet)
		if _, err := v.Ask(a, "q", nil, nil, time.Second); !errors.Is(err, ErrNobody) {
			t.Errorf("nobody is there: %v", err)
		}
		silent := listen(t, a, "q")
		if _, err := v.Ask(a, "q", nil, []byte("?"), time.Second); !errors.Is(err, ErrNoAnswer) {
			t.Errorf("nobody answers: %v", err)
		}
		if silent.all() != "q ?" {
			t.Errorf("the question was %q", silent.all())
		}
		talkative := &ear{voice: v, in: a, reply: []string{"yes", "yes", "yes"}}
		if _, err := a.Subscribe("q2", "", talkative); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Ask(a, "q2", nil, nil, time.Second); err != nil || string(got) != "yes" {
			t.Errorf("answered %q, %v", got, err)
		}
		synctest.Wait()
		if n := a.Interest.Len(); n != 2 {
			t.Errorf("%d subscriptions are left", n)
		}
	})
}

func TestRequestsAreHandledOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, v := account.New("A"), NewVoice(quiet)
		var seen []string
		if _, err := v.Serve(a, "x.*", func(r *Request) { seen = append(seen, r.Subject+string(r.Payload)) }); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			v.Publish(a, "x.a", "", nil, fmt.Append(nil, i))
		}
		v.Close()
		if got := strings.Join(seen, " "); got != "x.a0 x.a1 x.a2" {
			t.Errorf("handled %s", got)
		}
		if n := v.Publish(a, "x.a", "", nil, nil); n != 0 {
			t.Error("a closed voice takes requests")
		}
	})
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := account.New("A")
		var said []string
		v := NewVoice(func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) })
		hold := make(chan struct{})
		handled := 0
		if _, err := v.Serve(a, "x", func(*Request) { <-hold; handled++ }); err != nil {
			t.Fatal(err)
		}
		v.Publish(a, "x", "", nil, nil)
		synctest.Wait() // the first one is being handled
		taken := 0
		for range maxRequests + 10 {
			taken += v.Publish(a, "x", "", nil, nil)
		}
		close(hold)
		v.Close()
		if taken != maxRequests || handled != maxRequests+1 {
			t.Errorf("%d taken, %d handled", taken, handled)
		}
		if len(said) != 1 || said[0] != "10 requests to the server were dropped: too many at a time" {
			t.Errorf("the log says %q", said)
		}
	})
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	a := account.New("S")
	v := NewVoice(quiet)
	d := NewDesk(v, a, author)
	answers := listen(t, a, "inbox")
	for subject, answer := range map[string]Answerer{
		"doc":    func(*Request) (any, error) { return map[string]int{"n": 1}, nil },
		"empty":  func(*Request) (any, error) { return nil, nil },
		"bare":   func(*Request) (any, error) { return Bare{[]int{1}}, nil },
		"fails":  func(*Request) (any, error) { return nil, errors.New("no") },
		"code":   func(*Request) (any, error) { return nil, &Failure{404, "not here"} },
		"silent": func(*Request) (any, error) { return nil, ErrSilent },
		"odd":    func(*Request) (any, error) { return func() {}, nil },
	} {
		if err := d.Answer(subject, answer); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ subject, body, want string }{
		{"doc", "", `"data":{"n":1}}`},
		{"doc", `{"server_name":"s"}`, `"data":{"n":1}}`},
		{"doc", `{"server_name":"s","exact_match":true}`, ""},
		{"doc", `{"server_name":"s1","exact_match":true,"host":"h","tags":["K:V"]}`, `"data":{"n":1}}`},
		{"doc", `{"tags":["other"]}`, ""},
		{"doc", `{"cluster":"c"}`, ""},
		{"doc", `{"domain":"d"}`, ""},
		{"doc", `{bad`, `"error":{"code":400,"description":"invalid character 'b' looking for beginning of object key string"}}`},
		{"empty", "", `"time":"0001-01-01T00:00:00Z"}}`},
		{"bare", "", `[1]`},
		{"fails", "", `"error":{"code":500,"description":"no"}}`},
		{"code", "", `"error":{"code":404,"description":"not here"}}`},
		{"silent", "", ""},
		{"odd", "", `"error":{"code":500,"description":"json: unsupported type: func()"}}`},
	} {
		v.Publish(a, tt.subject, "inbox", nil, []byte(tt.body))
		v.wait()
		got := strings.TrimPrefix(answers.all(), "inbox ")
		answers.got = nil
		if !strings.HasSuffix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s %s: %s\nwant …%s", tt.subject, tt.body, got, tt.want)
		}
	}
	v.Publish(a, "doc", "", nil, nil)
	v.Close()
	if got := answers.all(); got != "" {
		t.Errorf("a request without a reply subject is answered: %s", got)
	}
}

// wait waits until everything that has arrived is handled.
func (v *Voice) wait() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.working {
		v.idle.Wait()
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	a, other := account.New("S"), account.New("A")
	h := NewHerald(NewVoice(quiet), a, author, "NID")
	never := func() document.Client { t.Error("an event is written that nobody wants"); return document.Client{} }
	h.Connected("A", never)
	all, inside := listen(t, a, ">"), listen(t, other, ">")
	h.Connected("A", func() document.Client { return document.Client{Account: "A", ID: 7} })
	gone := func() Departure { return Departure{Client: document.Client{ID: 7}, Sent: Volume{1, 2}, Reason: "why"} }
	h.Disconnected("A", gone)
	h.Refused(gone)
	h.RefusedIn(other, gone)
	h.Connections("A", func() any { return map[string]any{"acc": "A", "conns": 3} })
	h.Statistics(func() any { return map[string]int{"mem": 1} })
	h.LameDuck()
	h.Shutdown()
	for i, want := range []string{
		`$SYS.ACCOUNT.A.CONNECT {"type":"io.nats.server.advisory.v1.client_connect","id":"`,
		`$SYS.ACCOUNT.A.DISCONNECT {"type":"io.nats.server.advisory.v1.client_disconnect","id":"`,
		`$SYS.SERVER.NID.CLIENT.AUTH.ERR {"type":"io.nats.server.advisory.v1.client_disconnect","id":"`,
		`$SYS.SERVER.ACCOUNT.A.CONNS {"type":"io.nats.server.advisory.v1.account_connections","id":"`,
		`$SYS.ACCOUNT.A.SERVER.CONNS {"type":"io.nats.server.advisory.v1.account_connections","id":"`,
		`$SYS.SERVER.NID.STATSZ {"server":{"name":"s1"`,
		`$SYS.SERVER.NID.LAMEDUCK {"name":"s1"`,
		`$SYS.SERVER.NID.SHUTDOWN {"name":"s1"`,
	} {
		if i >= len(all.got) || !strings.HasPrefix(all.got[i], want) {
			t.Fatalf("event %d of %s\nwant %s", i, all.all(), want)
		}
		if _, body, _ := strings.Cut(all.got[i], " "); !json.Valid([]byte(body)) {
			t.Errorf("not JSON: %s", body)
		}
	}
	if got := all.got[4]; !strings.HasSuffix(got, `,"acc":"A","conns":3}`) {
		t.Errorf("connections: %s", got)
	}
	if got := all.got[1]; !strings.HasSuffix(got, `"client":{"id":7},"sent":{"msgs":1,"bytes":2},"received":{"msgs":0,"bytes":0},"reason":"why"}`) {
		t.Errorf("departure: %s", got)
	}
	if got := inside.all(); !strings.HasPrefix(got, "$SYS.ACCOUNT.CLIENT.AUTH.ERR ") {
		t.Errorf("inside the account: %s", got)
	}
}
