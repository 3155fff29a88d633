package protocol

import "testing"

// Nothing that a well-behaved peer sends costs an allocation, whole or in
// pieces. Not parallel: AllocsPerRun counts for the whole process.
func TestParsingDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	header, payload := []byte("NATS/1.0\r\n\r\n"), make([]byte, 128)
	rows := []struct {
		name   string
		role   Role
		stream []byte
	}{
		{"pub", FromClient, AppendPub(nil, "foo", "", payload)},
		{"pub with reply", FromClient, AppendPub(nil, "foo", "bar", payload)},
		{"loose pub", FromClient, []byte("pub  foo \t bar  2 \nhi\r\n")},
		{"hpub", FromClient, AppendHPub(nil, "foo", "", header, payload)},
		{"sub", FromClient, AppendSub(nil, "foo", "q", "1")},
		{"unsub", FromClient, AppendUnsub(nil, "1", 5)},
		{"connect", FromClient, []byte("CONNECT {}\r\n")},
		{"ping", FromClient, AppendPing(nil)},
		{"msg", FromServer, AppendMsg(nil, "foo", "1", "", payload)},
		{"hmsg", FromServer, AppendHMsg(nil, "foo", "1", "bar", header, payload)},
		{"err", FromServer, AppendErr(nil, "x")},
	}
	for _, row := range rows {
		p := Parser{Role: row.role, Limits: Limits{Headers: true}}
		op := new(Op)
		parse := func(step int) func() {
			return func() {
				for have := step; ; have = min(have+step, len(row.stream)) {
					n, err := p.Next(row.stream[:have], op)
					if n == len(row.stream) {
						return
					}
					if n != 0 || err != nil || have == len(row.stream) {
						t.Fatalf("%s: Next = %d, %v", row.name, n, err)
					}
				}
			}
		}
		if n := testing.AllocsPerRun(100, parse(len(row.stream))); n != 0 {
			t.Errorf("%s: %v allocations", row.name, n)
		}
		if n := testing.AllocsPerRun(100, parse(1)); n != 0 {
			t.Errorf("%s byte by byte: %v allocations", row.name, n)
		}
	}
}

func TestEncodingDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	buf := make([]byte, 0, 1024)
	subject, sid, reply, payload := []byte("foo"), []byte("1"), []byte("bar"), make([]byte, 128)
	n := testing.AllocsPerRun(100, func() {
		out := AppendMsg(buf, subject, sid, reply, payload)
		out = AppendHMsg(out, subject, sid, nil, payload[:10], payload)
		out = AppendPub(out, "foo", "", payload)
		out = AppendErr(AppendOK(AppendPing(out)), ErrStaleConnection.Text())
		if len(out) > cap(buf) {
			t.Fatal("buffer too small for this test")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
