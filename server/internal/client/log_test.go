package client

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// about returns the lines of the log without what tells where the client is.
func (w *world) about(level, prefix string) (texts []string) {
	for _, line := range w.log.containing("[" + level + "]") {
		text, ok := strings.CutPrefix(line, "["+level+"] "+prefix)
		if !ok {
			text = "other prefix: " + line
		}
		texts = append(texts, text)
	}
	return texts
}

func TestLogPrefixGrowsWithWhatIsKnown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ connect, want string }{
		{`{}`, "pipe:0 - cid:1 - x"},
		{`{"name":"n"}`, `pipe:0 - cid:1 - "n" - x`},
		{`{"lang":"go"}`, `pipe:0 - cid:1 - "go" - x`},
		{`{"version":"1.2"}`, `pipe:0 - cid:1 - "v1.2" - x`},
		{`{"version":"1.2","lang":"go"}`, `pipe:0 - cid:1 - "v1.2:go" - x`},
		{`{"version":"1.2","lang":"go","name":"n\n"}`, `pipe:0 - cid:1 - "v1.2:go:n\n" - x`},
		{`{"version":"1.2","name":"n"}`, `pipe:0 - cid:1 - "v1.2:n" - x`},
	} {
		w := newWorld(t, nil)
		p := w.join()
		p.send("CONNECT " + tt.connect)
		p.expect("+OK")
		p.c.Log().Infof("x")
		if diff := cmp.Diff([]string{"[INF] " + tt.want}, w.log.containing("[INF]")); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.connect, diff)
		}
	}
}

func TestTraceLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).traced()
	p := w.join()
	p.send(`CONNECT {"verbose":false,"headers":true,"pass":"secret"}`, "SUB a q 1", "UNSUB 1 2", "PUB a 3", "hey",
		"HPUB  a  r  12 14", "NATS/1.0", "", "yo", "UNSUB 9", "pub _GR_.x 0", "", "+OK", "PONG", "PING")
	p.expect("MSG a 1 3", "hey", "HMSG a 1 r 12 14", "NATS/1.0", "", "yo",
		`-ERR 'Permissions Violation for Publish to "_GR_.x"'`, "PONG")
	want := []string{
		`<<- [CONNECT {"verbose":false,"headers":true,"pass":"[REDACTED]"}]`,
		`<<- [SUB a q 1]`,
		`<<- [UNSUB 1 2]`,
		`<<- [PUB a 3]`, `<<- MSG_PAYLOAD: ["hey"]`, `->> [MSG a 1 3]`,
		`<<- [HPUB a  r  12 14]`, `<<- MSG_PAYLOAD: ["NATS/1.0\r\n\r\nyo"]`, `<-> [DELSUB 1]`, `->> [HMSG a 1 r 12 14]`,
		`<<- [UNSUB 9]`,
		`<<- [PUB _GR_.x 0]`, `<<- MSG_PAYLOAD: [""]`, `->> [-ERR Permissions Violation for Publish to "_GR_.x"]`,
		`<<- [+OK]`, `<<- [PONG]`, `<<- [PING]`, `->> [PONG]`,
	}
	if diff := cmp.Diff(want, w.about("TRC", "pipe:0 - cid:1 - ")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTraceOfVerboseClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).traced()
	p := w.join()
	p.send(`CONNECT {"protocol":1}`, "PING")
	p.expect("+OK", "PONG", "INFO")
	got := w.about("TRC", "pipe:0 - cid:1 - ")
	if len(got) != 5 || !strings.HasPrefix(got[4], `->> [INFO {"server_id"`) || !strings.HasSuffix(got[4], "}]") {
		t.Fatalf("got %q", got)
	}
	if diff := cmp.Diff([]string{`<<- [CONNECT {"protocol":1}]`, "->> [OK]", "<<- [PING]", "->> [PONG]"}, got[:4]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTracedPayload(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		set  func(*Settings)
		want []string
	}{
		{"cut", func(s *Settings) { s.MaxTracedMsg = 4 }, []string{`["heyh..."]`, `["NATS..."]`}},
		{"just fits", func(s *Settings) { s.MaxTracedMsg = 6 }, []string{`["heyhey"]`, `["NATS/1..."]`}},
		{"headers only", func(s *Settings) { s.TraceHeaders = true }, []string{`["NATS/1.0\r\n\r\n"]`}},
		{"headers only, cut", func(s *Settings) { s.TraceHeaders, s.MaxTracedMsg = true, 3 }, []string{`["NAT..."]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.set).traced()
			p := w.join()
			p.send(quietLine, "PUB a 6", "heyhey", "HPUB a 12 14", "NATS/1.0", "", "yo")
			p.barrier()
			var got []string
			for _, line := range w.log.containing("MSG_PAYLOAD: ") {
				_, text, _ := strings.Cut(line, "MSG_PAYLOAD: ")
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFailuresAreLogged(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"-ERR 'you'": "Client Error 'you'",
		"NONSENSE":   "Unknown Protocol Operation",
		"PUB a x":    `processPub Bad or Missing Size: "a x"`,
		"CONNECT {":  "unexpected end of JSON input",
	} {
		w := newWorld(t, nil)
		p := w.join()
		p.send(sent)
		for err := error(nil); err == nil; {
			_, err = p.next()
		}
		<-p.ended
		got := w.about("ERR", "pipe:0 - cid:1 - ")
		if len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%q: logged %q, want one line with %q", sent, got, want)
		}
	}
}

func TestLifeOfAClientIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p := w.join()
	p.c.LogCreated()
	p.leave()
	want := []string{"Client connection created", "Client connection closed: Client Closed"}
	if diff := cmp.Diff(want, w.about("DBG", "pipe:0 - cid:1 - ")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
