package proc

import (
	"testing"
)

func TestLogFindsCompleteLines(t *testing.T) {
	t.Parallel()
	l := newLog()
	l.Write([]byte("one\ntwo and a ha"))
	if line, more := l.find("one"); line != "one" || more != nil {
		t.Errorf("got %q, %v", line, more)
	}
	_, more := l.find("two")
	if more == nil {
		t.Fatal("found a line that has no end yet")
	}
	l.Write([]byte("lf\n"))
	<-more
	if line, _ := l.find("two"); line != "two and a half" {
		t.Errorf("got %q", line)
	}
	l.skip()
	if _, more := l.find("one"); more == nil {
		t.Error("found what was skipped")
	}
	if text := l.String(); text != "one\ntwo and a half\n" {
		t.Errorf("text %q", text)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		n    int
		want string
	}{
		{"short", 10, "short"},
		{"a longer text", 4, "...text"},
	} {
		if got := tail(test.text, test.n); got != test.want {
			t.Errorf("tail(%q, %d) = %q, want %q", test.text, test.n, got, test.want)
		}
	}
}
