package jetstream

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestMonitoringShowsStreams(t *testing.T) {
	t.Parallel()
	s := start(t, proc.Options{Config: "jetstream {store_dir: data, domain: HUB}\n"})
	_, js := connect(t, s)
	c := ctx(t)
	st := must[jetstream.Stream](t)(js.CreateStream(c, jetstream.StreamConfig{Name: "S", MaxBytes: 1 << 20}))
	must[jetstream.Consumer](t)(st.CreateConsumer(c, jetstream.ConsumerConfig{Durable: "C"}))
	must[*jetstream.PubAck](t)(js.Publish(c, "S", []byte("hello")))
	var jsz struct {
		Streams, Consumers int
		Messages           uint64
		Storage            uint64
		Reserved           uint64 `json:"reserved_storage"`
		Config             struct {
			Domain     string
			SyncAlways bool `json:"sync_always"`
		}
		Details []struct {
			Name    string
			Streams []struct {
				Name      string
				State     struct{ Messages uint64 }
				Consumers []struct{ Name string } `json:"consumer_detail"`
			} `json:"stream_detail"`
		} `json:"account_details"`
	}
	s.GetJSON(t, "/jsz?consumers=1", &jsz)
	if jsz.Streams != 1 || jsz.Consumers != 1 || jsz.Messages != 1 || jsz.Storage != 36 || jsz.Reserved != 1<<20 || jsz.Config.Domain != "HUB" ||
		!jsz.Config.SyncAlways || len(jsz.Details) != 1 || jsz.Details[0].Streams[0].State.Messages != 1 || jsz.Details[0].Streams[0].Consumers[0].Name != "C" {
		t.Errorf("%+v", jsz)
	}
	for path, want := range map[string]int{
		"/healthz": http.StatusOK, "/healthz?account=$G&stream=S&consumer=C": http.StatusOK,
		"/healthz?account=$G&stream=X": http.StatusNotFound, "/healthz?account=$G&stream=S&consumer=X": http.StatusNotFound,
	} {
		if got, body := s.Get(t, path); got != want {
			t.Errorf("%s: %d %s", path, got, body)
		}
	}
}

func TestAccountsHaveStreamsOfTheirOwn(t *testing.T) {
	t.Parallel()
	const one = `
jetstream {store_dir: data}
accounts {
	A { jetstream {max_streams: 1}, users: [{user: a, password: a}] }
	B { jetstream: enabled, users: [{user: b, password: b}] }
	C { users: [{user: c, password: c}] }
}
`
	s := start(t, proc.Options{Config: one})
	login := func(user string) jetstream.JetStream {
		nc, err := nats.Connect(s.URL(), nats.UserInfo(user, user))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		return must[jetstream.JetStream](t)(jetstream.New(nc))
	}
	c := ctx(t)
	a, b, none := login("a"), login("b"), login("c")
	must[jetstream.Stream](t)(a.CreateStream(c, jetstream.StreamConfig{Name: "S"}))
	must[jetstream.Stream](t)(b.CreateStream(c, jetstream.StreamConfig{Name: "S"}))
	must[*jetstream.PubAck](t)(a.Publish(c, "S", []byte("a")))
	if i := must[jetstream.Stream](t)(b.Stream(c, "S")).CachedInfo(); i.State.Msgs != 0 {
		t.Errorf("what A published is in B's stream: %+v", i.State)
	}
	if _, err := a.CreateStream(c, jetstream.StreamConfig{Name: "T"}); err == nil || !strings.Contains(err.Error(), "maximum number of streams reached") {
		t.Errorf("a second stream: %v", err)
	}
	if _, err := none.AccountInfo(c); err == nil || !strings.Contains(err.Error(), "not enabled for account") {
		t.Errorf("an account without: %v", err)
	}
	s.WriteFile(t, proc.ConfigFile, strings.Replace(strings.Replace(one, "max_streams: 1", "max_streams: 2", 1), "C { users", "C { jetstream: enabled, users", 1))
	s.Signal(t, syscall.SIGHUP)
	s.WaitLog(t, "Reloaded server configuration")
	must[jetstream.Stream](t)(a.CreateStream(c, jetstream.StreamConfig{Name: "T"}))
	must[jetstream.Stream](t)(none.CreateStream(c, jetstream.StreamConfig{Name: "S"}))
	must[*jetstream.PubAck](t)(none.Publish(c, "S", []byte("c")))
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	s := start(t, proc.Options{})
	_, js := connect(t, s)
	c := ctx(t)
	st := must[jetstream.Stream](t)(js.CreateStream(c, jetstream.StreamConfig{Name: "S", Subjects: []string{"s.*"}}))
	for i := range 2000 {
		must[jetstream.PubAckFuture](t)(js.PublishAsync(fmt.Sprintf("s.%d", i%5), []byte(strings.Repeat("x", i%700))))
	}
	<-js.PublishAsyncComplete()
	if err := st.DeleteMsg(c, 77); err != nil {
		t.Fatal(err)
	}
	cons := must[jetstream.Consumer](t)(st.CreateConsumer(c, jetstream.ConsumerConfig{Durable: "C", AckPolicy: jetstream.AckAllPolicy}))
	for m := range must[jetstream.MessageBatch](t)(cons.Fetch(10)).Messages() {
		if err := m.DoubleAck(c); err != nil {
			t.Fatal(err)
		}
	}
	before := must[*jetstream.StreamInfo](t)(st.Info(c)).State
	dir := filepath.Join(t.TempDir(), "copy")
	run := func(args ...string) string {
		t.Helper()
		r := proc.CLI(t, s.URL(), args...)
		if r.Code != 0 {
			t.Fatalf("nats %v: %s", args, r.Stdout+r.Stderr)
		}
		return r.Stdout
	}
	run("stream", "backup", "S", dir, "--no-progress")
	if err := js.DeleteStream(c, "S"); err != nil {
		t.Fatal(err)
	}
	run("stream", "restore", dir, "--no-progress")
	st = must[jetstream.Stream](t)(js.Stream(c, "S"))
	after := st.CachedInfo().State
	if after.Msgs != before.Msgs || after.Bytes != before.Bytes || after.LastSeq != before.LastSeq || after.NumDeleted != 1 || after.Consumers != 1 {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if i := must[jetstream.Consumer](t)(st.Consumer(c, "C")).CachedInfo(); i.AckFloor.Stream != 10 {
		t.Errorf("consumer %+v", i)
	}
	// a copy that is damaged makes no stream
	if err := js.DeleteStream(c, "S"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "stream.*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0x55
	if err := os.WriteFile(files[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := proc.CLI(t, s.URL(), "stream", "restore", dir, "--no-progress"); r.Code == 0 || !strings.Contains(r.Stdout+r.Stderr, "restore failed") {
		t.Errorf("a damaged copy: %d %s", r.Code, r.Stdout+r.Stderr)
	}
	if _, err := js.Stream(c, "S"); err == nil {
		t.Error("the damaged copy made a stream")
	}
}

// TestAccountsMayGo restarts a server without an account that has streams: they stay
// where they are, and are there again when the account is.
func TestAccountsMayGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	with := "jetstream {store_dir: \"" + dir + "\"}\naccounts { A { jetstream: enabled, users: [{user: a, password: a}] } }\n"
	without := "jetstream {store_dir: \"" + dir + "\"}\n"
	c := ctx(t)
	for round := range 3 {
		config := with
		if round == 1 {
			config = without
		}
		s := start(t, proc.Options{Config: config})
		if round != 1 {
			nc, err := nats.Connect(s.URL(), nats.UserInfo("a", "a"))
			if err != nil {
				t.Fatal(err)
			}
			js := must[jetstream.JetStream](t)(jetstream.New(nc))
			st := must[jetstream.Stream](t)(js.CreateOrUpdateStream(c, jetstream.StreamConfig{Name: "S"}))
			if got, want := st.CachedInfo().State.Msgs, uint64(round/2); got != want {
				t.Errorf("round %d: %d messages, want %d", round, got, want)
			}
			must[jetstream.Consumer](t)(st.CreateOrUpdateConsumer(c, jetstream.ConsumerConfig{Durable: "C"}))
			must[*jetstream.PubAck](t)(js.Publish(c, "S", nil))
			nc.Close()
		}
		s.Signal(t, syscall.SIGTERM)
		if code := s.Wait(t); code != 0 && code != 1 {
			t.Errorf("round %d: exit code %d\n%s", round, code, s.Log())
		}
		if strings.Contains(s.Log(), "panic") {
			t.Error(s.Log())
		}
	}
}
