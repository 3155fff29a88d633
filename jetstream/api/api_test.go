package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/google/go-cmp/cmp"
)

func TestAckSubjects(t *testing.T) {
	t.Parallel()
	a := api.AckSubject{Stream: []byte("S"), Consumer: []byte("C"), Delivered: 1, StreamSeq: 22, ConsumerSeq: 3, Time: 1795425069851633665, Pending: 4}
	const short = "$JS.ACK.S.C.1.22.3.1795425069851633665.4"
	if got := string(a.Append(nil)); got != short {
		t.Errorf("%s", got)
	}
	var back api.AckSubject
	if !back.Parse([]byte(short)) || cmp.Diff(a, back) != "" {
		t.Errorf("%+v", back)
	}
	long := a
	long.Account = api.Hash("A")
	if got := string(long.Append(nil)); got != "$JS.ACK._.NUmM6cRx.S.C.1.22.3.1795425069851633665.4" {
		t.Errorf("%s", got)
	}
	back = api.AckSubject{}
	if !back.Parse(append(long.Append(nil), ".more"...)) || cmp.Diff(a, back) != "" {
		t.Errorf("%+v", back)
	}
	for _, bad := range []string{"", "$JS.ACK.S.C.1.2.3.4", "$JS.ACK.S.C.1.2.3.4.x", "$JS.ACK.S.C.1.2.3.4.-5", "$JS.ACK.S.C.1.2.3.4.99999999999999999999", "$JS.ACK.S.C.1.2.3.4.5.6"} {
		if back.Parse([]byte(bad)) {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestPubAcks(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]api.PubAck{
		`{"stream":"S","seq":1}`:                          {Stream: "S", Seq: 1},
		`{"stream":"S","domain":"HUB","seq":2}`:           {Stream: "S", Seq: 2, Domain: "HUB"},
		`{"stream":"S","seq":2,"duplicate": true}`:        {Stream: "S", Seq: 2, Duplicate: true},
		`{"stream":"C","seq":2,"val":"6"}`:                {Stream: "C", Seq: 2, Value: "6"},
		`{"stream":"B","seq":3,"batch":"u\"1","count":3}`: {Stream: "B", Seq: 3, Batch: `u"1`, Count: 3},
	} {
		if got := string(a.Append(nil)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	const refused = `{"error":{"code":404,"err_code":10059,"description":"stream not found"},"stream":"S","seq":0}`
	if got := string(api.ErrStreamNotFound.AppendPubAck(nil, "S")); got != refused {
		t.Errorf("got %s", got)
	}
}

func TestTimesToLive(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"1": time.Second, "90s": 90 * time.Second, "1h1.5s": time.Hour + time.Second, "never": api.Never, "NEVER": api.Never,
		"0": 0, "-1": 0, "5ms": 0, "x": 0, "": 0, "99999999999999999": 0,
	} {
		got, err := api.ParseTTL([]byte(text))
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestAcknowledgements(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		kind  api.AckKind
		delay time.Duration
		rest  string
	}{
		"": {kind: api.Ack}, "+ACK": {kind: api.Ack}, "+OK": {kind: api.Ack}, "+WPI": {kind: api.Progress}, "hello": {},
		"-NAK": {kind: api.Nak}, "-NAK 1s": {kind: api.Nak, delay: time.Second}, `-NAK {"delay": 5}`: {kind: api.Nak, delay: 5},
		"-NAK soon": {kind: api.Nak}, "-NAK -1s": {kind: api.Nak}, "+TERM no good": {kind: api.Term, rest: "no good"},
		`+NXT {"batch":2}`: {kind: api.AckNext, rest: `{"batch":2}`},
	} {
		kind, delay, rest := api.ParseAck([]byte(text))
		if kind != want.kind || delay != want.delay || string(rest) != want.rest {
			t.Errorf("%q: %v %v %q", text, kind, delay, rest)
		}
	}
}

func TestConfigurationsSurviveJSON(t *testing.T) {
	t.Parallel()
	const text = `{"name":"S","subjects":["s.>"],"retention":"workqueue","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":5000000000,` +
		`"max_msgs_per_subject":-1,"max_msg_size":-1,"discard":"new","storage":"memory","num_replicas":1,"duplicate_window":5000000000,` +
		`"compression":"s2","allow_direct":true,"mirror_direct":false,"sealed":false,"deny_delete":false,"deny_purge":false,` +
		`"allow_rollup_hdrs":false,"consumer_limits":{},"allow_msg_ttl":false,"metadata":{"_nats.req.level":"0"}}`
	var c api.StreamConfig
	if e := api.Decode([]byte(text), &c, true); e != nil {
		t.Fatal(e)
	}
	full := c.WithDefaults(&api.Bounds{})
	b, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(b); got != jsonEscaped(text) {
		t.Errorf("got  %s\nwant %s", got, text)
	}
}

// jsonEscaped is text as encoding/json writes it.
func jsonEscaped(text string) string {
	var raw json.RawMessage = []byte(text)
	b, _ := json.Marshal(raw)
	return string(b)
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	a := api.AckSubject{Delivered: 1, StreamSeq: 22, ConsumerSeq: 3, Time: 1795425069851633665, Pending: 4}
	block := []byte("NATS/1.0\r\nNats-Msg-Id: 5\r\nA: b\r\nNats-Expected-Stream: S\r\n\r\n")
	b := make([]byte, 0, 500)
	var h api.PublishHeaders
	for name, f := range map[string]func(){
		"ack subject": func() { b = a.AppendNamed(b[:0], "stream", "consumer") },
		"parsed":      func() { b = a.AppendNamed(b[:0], "stream", "consumer"); var back api.AckSubject; back.Parse(b) },
		"pub ack":     func() { ack := api.PubAck{Stream: "S", Seq: 5}; b = ack.Append(b[:0]) },
		"headers":     func() { h.Parse(block) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func FuzzParsers(f *testing.F) {
	f.Add("$JS.ACK.S.C.1.2.3.4.5", "$JS.API.CONSUMER.CREATE.S.C.a.>", `{"batch":5}`, "NATS/1.0\r\nNats-TTL: 5\r\n\r\n", `{"name":"S"}`)
	f.Add("$JS.ACK._.x.S.C.1.2.3.4.5", "$JS.API.STREAM.MSG.GET.S", "7", "Nats-:", `{"config":{"deliver_policy":"last"}}`)
	f.Fuzz(func(t *testing.T, ack, request, pull, block, config string) {
		var a api.AckSubject
		if a.Parse([]byte(ack)) && len(a.Stream) == 0 && a.StreamSeq == 0 && ack == "" {
			t.Error("nothing was taken")
		}
		r := api.ParseRequest(request)
		if r.Kind == api.Unknown && r != (api.Request{}) {
			t.Errorf("%q is nothing and %+v", request, r)
		}
		if p, err := api.ParsePull([]byte(pull)); err == nil && p.Batch < 1 {
			t.Errorf("%q asks for %d", pull, p.Batch)
		}
		var h api.PublishHeaders
		h.Parse([]byte(block))
		_, _ = api.ParseTTL(h.TTL)
		b := &api.Bounds{MaxAckPending: 5, MaxBatch: 6, Duplicates: time.Hour}
		var sc api.StreamConfig
		if api.Decode([]byte(config), &sc, false) == nil {
			full := sc.WithDefaults(b)
			if full.Validate(b) == nil && !full.Same(full.WithDefaults(b)) {
				t.Errorf("%s: defaults are not the same twice", config)
			}
		}
		var cr api.ConsumerRequest
		if api.Decode([]byte(config), &cr, true) == nil {
			s := api.StreamConfig{Name: "S"}.WithDefaults(b)
			full := cr.Config.WithDefaults(s, b)
			_ = full.Validate(s, b)
		}
	})
}
