package script

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sample = `# About
# this.

=== first thing
config other.conf
connect a tls {"verbose":false}
# between
a> PUB foo 2
a>> \*3{ab}\x00\r\n
a< MSG foo 1 2
[dunlin some-reason] a<~ MSG .*
sync a
=== second thing
connect b
b<info max_payload=10 name="a b"
get /varz x=1
-- other.conf --
port: 1
-- two.conf --
`

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse("sub/topic.txt", sample)
	if err != nil {
		t.Fatal(err)
	}
	want := &File{
		Path:  "sub/topic.txt",
		About: "About this.",
		Files: map[string]string{"other.conf": "port: 1\n", "two.conf": ""},
		Scenarios: []Scenario{
			{Name: "first thing", Steps: []Step{
				{Line: 5, Op: Config, Args: []string{"other.conf"}},
				{Line: 6, Op: Connect, Client: "a", Args: []string{"tls"}, Text: `{"verbose":false}`},
				{Line: 8, Op: Send, Client: "a", Text: "PUB foo 2\r\n"},
				{Line: 9, Op: Send, Client: "a", Text: "ababab\x00\r\n"},
				{Line: 10, Op: Expect, Client: "a", Text: "MSG foo 1 2\r\n"},
				{Line: 11, Op: Match, Client: "a", Text: "MSG .*", Only: "dunlin", Reason: "some-reason"},
				{Line: 12, Op: Sync, Client: "a", Args: []string{}},
			}},
			{Name: "second thing", Steps: []Step{
				{Line: 14, Op: Connect, Client: "b"},
				{Line: 15, Op: Info, Client: "b", Args: []string{"max_payload=10", `name="a b"`}},
				{Line: 16, Op: Get, Args: []string{"/varz", "x=1"}},
			}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if topic := got.Topic(); topic != "sub/topic" {
		t.Errorf("topic %q", topic)
	}
	if name := got.TestName(got.Scenarios[0]); name != "TestScripts/sub/topic/first_thing" {
		t.Errorf("test name %q", name)
	}
	if diff := cmp.Diff([]string{"some-reason"}, got.Scenarios[0].Reasons()); diff != "" {
		t.Error(diff)
	}
	for i, want := range []int{1, 1} {
		if n := got.Scenarios[i].Exchanges(); n != want {
			t.Errorf("scenario %d has %d exchanges, want %d", i, n, want)
		}
	}
}

func TestParseWebSocketSteps(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line string
		want Step
	}{
		{`connect a ws /p X="a b" Host=- {"verbose":false}`, Step{Op: Connect, Client: "a", Args: []string{"ws", "/p", `X="a b"`, "Host=-"}, Text: `{"verbose":false}`}},
		{`a>http POST Upgrade=-`, Step{Op: SendHTTP, Client: "a", Args: []string{"POST", "Upgrade=-"}}},
		{`a<http 400 body="Bad Request\n"`, Step{Op: ExpectHTTP, Client: "a", Args: []string{"400", `body="Bad Request\n"`}}},
		{`a>frame text,nofin PI\r`, Step{Op: SendFrame, Client: "a", Args: []string{"text,nofin"}, Text: "PI\r"}},
		{`a>frame ping`, Step{Op: SendFrame, Client: "a", Args: []string{"ping"}}},
		{`a<frame binary,size=4`, Step{Op: ExpectFrame, Client: "a", Args: []string{"binary,size=4"}}},
		{`a<frame~ binary INFO .*\r\n`, Step{Op: MatchFrame, Client: "a", Args: []string{"binary"}, Text: `INFO .*\r\n`}},
		{`a>close 1000 see you`, Step{Op: SendClose, Client: "a", Args: []string{"1000"}, Text: "see you"}},
		{`a>close`, Step{Op: SendClose, Client: "a"}},
		{`a<close 1002 no`, Step{Op: ExpectClose, Client: "a", Args: []string{"1002"}, Text: "no"}},
		{`a<close~ 1002 n.*`, Step{Op: MatchClose, Client: "a", Args: []string{"1002"}, Text: "n.*"}},
		{`a<close? 1002 no`, Step{Op: MaybeClose, Client: "a", Args: []string{"1002"}, Text: "no"}},
		{`a>raw \x88\x00`, Step{Op: SendRaw, Client: "a", Text: "\x88\x00"}},
		{`frames a 82:\d+`, Step{Op: Frames, Client: "a", Text: `82:\d+`}},
		{`drain a`, Step{Op: Drain, Client: "a", Args: []string{}}},
		{`chop a 1`, Step{Op: Chop, Client: "a", Args: []string{"1"}}},
	} {
		got, err := parseStep(test.line)
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.line, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"no scenario", "# nothing\n", "no scenario"},
		{"step outside", "connect a\n", "x.txt:1: step before the first === line"},
		{"unknown step", "=== s\njump a\n", "x.txt:2: unknown step"},
		{"no client", "=== s\nsync\n", "sync needs a client"},
		{"unknown escape", "=== s\na> \\q\n", `unknown escape \q`},
		{"lone backslash", "=== s\na> x\\\n", "backslash at the end"},
		{"short hex", "=== s\na> \\x1\n", `\x needs two digits`},
		{"bad repetition", "=== s\na> \\*x{y}\n", "needs the form"},
		{"bad noise", "=== s\na> \\?{x}\n", "needs the form"},
		{"noise without braces", "=== s\na> \\?3}\n", "needs the form"},
		{"bad pattern", "=== s\na<~ (\n", "missing closing )"},
		{"open quote", "=== s\na<info a=\"b\n", "open quote"},
		{"no kind of frame", "=== s\na>frame\n", ">frame needs a kind of frame"},
		{"bad close code", "=== s\na<close often\n", "invalid syntax"},
		{"bad pattern of a frame", "=== s\na<frame~ text (\n", "missing closing )"},
		{"bad pattern of frames", "=== s\nframes a (\n", "missing closing )"},
		{"unknown program", "=== s\n[other reason] sync a\n", "unknown step"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("x.txt", test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestNoiseIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	got, err := unescape(`<\?{3}>\?{2}`)
	if err != nil || len(got) != 7 || got[1:3] != got[5:7] || got[0] != '<' || got[4] != '>' {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCheckFields(t *testing.T) {
	t.Parallel()
	const document = `{"n":10,"s":"a b","o":{"list":[{"k":true}]},"null":null}`
	for _, test := range []struct{ condition, want string }{
		{"n=10", ""},
		{`s="a b"`, ""},
		{"o.list.0.k=true", ""},
		{"o.list.1=-", ""},
		{"gone=-", ""},
		{"null=null", ""},
		{"s=/a .*/", ""},
		{"n=/1[0-9]/", ""},
		{"o=*", ""},
		{"n=11", "n: is 10, want 11"},
		{"gone=1", "gone: is absent, want 1"},
		{"n=-", "n: is there: 10"},
		{"s=/b/", `does not match`},
		{"n=oops", "bad value oops in the script"},
		{"n", "has no ="},
	} {
		err := CheckFields([]byte(document), []string{test.condition})
		if text := errorText(err); (test.want == "") != (err == nil) || !strings.Contains(text, test.want) {
			t.Errorf("%s: error %q, want %q", test.condition, text, test.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
