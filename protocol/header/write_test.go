package header_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

var edits = []struct{ name, block, appended, set, deleted string }{
	{
		"no block", "",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"",
	},
	{
		"block without headers", "NATS/1.0\r\n\r\n",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"NATS/1.0\r\n\r\n",
	},
	{
		"other headers", "NATS/1.0\r\nA: 1\r\nKK: 2\r\nA:1\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nKK: 2\r\nA:1\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nKK: 2\r\nA:1\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nKK: 2\r\nA:1\r\n\r\n",
	},
	{
		"several of that name", "NATS/1.0\r\nK: 1\r\nA: 2\r\nK:3\r\nB: K: 4\r\nk: 5\r\n\r\n",
		"NATS/1.0\r\nK: 1\r\nA: 2\r\nK:3\r\nB: K: 4\r\nk: 5\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 2\r\nB: K: 4\r\nk: 5\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 2\r\nB: K: 4\r\nk: 5\r\n\r\n",
	},
	{
		"nothing else", "NATS/1.0\r\nK: 1\r\nK: 2\r\n\r\n",
		"NATS/1.0\r\nK: 1\r\nK: 2\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"",
	},
	{
		"nothing else but a status", "NATS/1.0 503\r\nK: 1\r\n\r\n",
		"NATS/1.0 503\r\nK: 1\r\nK: new\r\n\r\n",
		"NATS/1.0 503\r\nK: new\r\n\r\n",
		"NATS/1.0 503\r\n\r\n",
	},
	{
		"hidden behind LF", "NATS/1.0\r\nA: 1\nK: 2\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nK: 2\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\n\r\n",
	},
	{
		"ended early", "NATS/1.0\r\nA: 1\r\n\r\nK: 2\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\n\r\nK: 2\r\n\r\n",
	},
	{
		"end missing", "NATS/1.0\r\nA: 1\r\n",
		"NATS/1.0\r\nA: 1\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\n",
	},
	{
		"truncated", "NATS/1.0\r\nA: 1\r\nB: 2\r",
		"NATS/1.0\r\nA: 1\r\nB: 2\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nB: 2\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nA: 1\r\nB: 2\r",
	},
	{
		"truncated in that header", "NATS/1.0\r\nK: 1",
		"NATS/1.0\r\nK: 1\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nK: 1",
	},
	{
		"version only", "NATS/1.0",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"NATS/1.0",
	},
	{
		"no block but garbage", "hello\r\nK: 1\r\n\r\n",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"NATS/1.0\r\nK: new\r\n\r\n",
		"hello\r\nK: 1\r\n\r\n",
	},
}

func TestAppendSetDelete(t *testing.T) {
	t.Parallel()
	const before = "before"
	for _, row := range edits {
		block := []byte(row.block)
		for _, c := range []struct {
			function  string
			got, want string
		}{
			{"Append", string(header.Append([]byte(before), block, "K", "new")), before + row.appended},
			{"Set", string(header.Set([]byte(before), block, "K", []byte("new"))), before + row.set},
			{"Delete", string(header.Delete([]byte(before), block, "K")), before + row.deleted},
			{"Delete in place", string(deleteInPlace([]byte(row.block), "K")), row.deleted},
			{"block afterwards", string(block), row.block},
		} {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", row.name, c.function, diff)
			}
		}
	}
}

func deleteInPlace(block []byte, key string) []byte { return header.Delete(block[:0], block, key) }

func TestValuesCannotBeginALine(t *testing.T) {
	t.Parallel()
	got := header.Set(nil, nil, "K\r\n", "a\r\nNats-Request-Info: forged\n")
	want := "NATS/1.0\r\nK  : a  Nats-Request-Info: forged \r\n\r\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAppendStatus(t *testing.T) {
	t.Parallel()
	for want, got := range map[string][]byte{
		"NATS/1.0 503\r\n\r\n":                header.AppendStatus(nil, header.StatusNoResponders, ""),
		"NATS/1.0 100 Idle Heartbeat\r\n\r\n": header.AppendStatus(nil, header.StatusControl, "Idle Heartbeat"),
		"xNATS/1.0 404 No  Messages\r\n\r\n":  header.AppendStatus([]byte("x"), 404, "No\r\nMessages"),
	} {
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestAppendNoResponders(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]string{
		"":       "NATS/1.0 503\r\nNats-Subject: \r\n\r\n",
		"nobody": "NATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n",
		"a\rb":   "NATS/1.0 503\r\nNats-Subject: a b\r\n\r\n",
	} {
		got := header.AppendNoResponders(nil, []byte(subject))
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", subject, diff)
		}
		if len(got) != header.NoRespondersOverhead+len(subject) {
			t.Errorf("%q: %d bytes, want %d", subject, len(got), header.NoRespondersOverhead+len(subject))
		}
	}
}
