package jetstream

import (
	"bytes"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/stream"
)

func FuzzManifest(f *testing.F) {
	m := manifest{id: 1, applied: 2, created: time.Unix(3, 0), lastID: 4, config: []byte("{}"), consumers: []consumerManifest{{
		id: 5, created: time.Unix(6, 0), name: "C", config: []byte("{}"), state: []byte("state"), applied: 7,
	}}}
	f.Add(m.append(nil))
	f.Add([]byte{1, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var m manifest
		if m.parse(b) != nil {
			return
		}
		var again manifest
		if err := again.parse(m.append(nil)); err != nil {
			t.Error(err)
		}
	})
}

func FuzzArchive(f *testing.F) {
	var b bytes.Buffer
	a, _ := newArchiver(&b)
	_ = a.part(partStream, []byte("manifest"))
	_ = a.part(partEnd, make([]byte, 16))
	_ = a.w.Close()
	f.Add(b.Bytes())
	f.Add([]byte("\xff\x06\x00\x00S2sTwO"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := newArchiveReader(bytes.NewReader(b))
		for err == nil {
			_, _, err = a.next()
		}
	})
}

func FuzzGone(f *testing.F) {
	g := stream.Gone{Compact: 9, Seqs: []uint64{5, 3, 1 << 40}, Erase: true}
	_ = g.Append(func(b []byte) error { f.Add(bytes.Clone(b)); return nil })
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := stream.ParseGone(b)
		if err != nil {
			return
		}
		_ = g.Append(func(b []byte) error {
			_, err := stream.ParseGone(b)
			if err != nil {
				t.Error(err)
			}
			return nil
		})
	})
}

// FuzzRequests makes requests of any kind with any body to an account with a stream and a
// consumer.
func FuzzRequests(f *testing.F) {
	for _, r := range [][2]string{
		{"INFO", ""}, {"STREAM.CREATE.T", `{"name":"T","subjects":["t.>"],"subject_transform":{"src":"t.*","dest":"u.{{partition(3,1)}}"}}`},
		{"STREAM.UPDATE.S", `{"name":"S","max_age":1000000000000}`}, {"STREAM.NAMES", `{"offset":-1,"subject":">"}`}, {"STREAM.INFO.S", `{"subjects_filter":"*"}`},
		{"STREAM.PURGE.S", `{"filter":"s.*","keep":1}`}, {"STREAM.MSG.GET.S", `{"seq":1}`}, {"STREAM.MSG.DELETE.S", `{"seq":1}`},
		{"CONSUMER.CREATE.S.D.s.1", `{"stream_name":"S","config":{"filter_subject":"s.1","backoff":[1,2]},"action":"create"}`},
		{"CONSUMER.MSG.NEXT.S.C", `{"batch":9999999999,"expires":-5,"max_bytes":1}`}, {"CONSUMER.PAUSE.S.C", `{"pause_until":"2030-01-01T00:00:00Z"}`},
		{"CONSUMER.RESET.S.C", `{"seq":18446744073709551615}`}, {"DIRECT.GET.S", `{"multi_last":["s.*"],"batch":3}`},
		{"STREAM.SNAPSHOT.S", `{"deliver_subject":"x","chunk_size":-1}`}, {"STREAM.RESTORE.R", `{"config":{"name":"R"}}`},
	} {
		f.Add(r[0], r[1], "")
	}
	f.Add("CONSUMER.MSG.NEXT.S.C", "5", "$JS.ACK.S.C.1.1.1.1.18446744073709551615")
	f.Fuzz(func(t *testing.T, what, body, ack string) {
		r, err := openMemoryRig()
		if err != nil {
			t.Fatal(err)
		}
		defer r.close(t)
		r.bus.deliver("$JS.API."+what, &Incoming{Subject: []byte("$JS.API." + what), Reply: []byte("_INBOX.f"), Payload: []byte(body)})
		r.bus.deliver(ack, &Incoming{Subject: []byte(ack), Reply: []byte("_INBOX.f"), Payload: []byte("+NXT 1")})
	})
}
