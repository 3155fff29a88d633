package jetstream

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// TestMirrorsAndSourcesGoOn kills the server between and checks that copies are
// complete, in order, and nothing is there twice.
func TestMirrorsAndSourcesGoOn(t *testing.T) {
	t.Parallel()
	options := proc.Options{Config: "jetstream {store_dir: \"" + t.TempDir() + "\"}\n"}
	const each = 300
	for round := range 3 {
		s := start(t, options)
		nc, js := connect(t, s)
		c := ctx(t)
		for _, name := range []string{"A", "B"} {
			must[jetstream.Stream](t)(js.CreateOrUpdateStream(c, jetstream.StreamConfig{Name: name, Subjects: []string{name + ".*"}}))
		}
		mirror := must[jetstream.Stream](t)(js.CreateOrUpdateStream(c, jetstream.StreamConfig{Name: "M", Mirror: &jetstream.StreamSource{Name: "A"}}))
		joined := must[jetstream.Stream](t)(js.CreateOrUpdateStream(c, jetstream.StreamConfig{Name: "S", Sources: []*jetstream.StreamSource{
			{Name: "A", FilterSubject: "A.1"}, {Name: "B", SubjectTransforms: []jetstream.SubjectTransformConfig{{Source: "B.*", Destination: "b.{{wildcard(1)}}"}}},
		}}))
		for i := range each {
			for _, name := range []string{"A", "B"} {
				must[jetstream.PubAckFuture](t)(js.PublishAsync(fmt.Sprintf("%s.%d", name, i%2), fmt.Append(nil, round*each+i)))
			}
		}
		<-js.PublishAsyncComplete()
		all := uint64((round + 1) * each)
		await(t, mirror, all)
		await(t, joined, all+all/2)
		for seq := uint64(1); seq <= all; seq += 50 {
			m := must[*jetstream.RawStreamMsg](t)(mirror.GetMsg(c, seq))
			if string(m.Data) != fmt.Sprint(seq-1) {
				t.Fatalf("round %d: message %d of the mirror is %s", round, seq, m.Data)
			}
		}
		next := map[string]int{"A.1": 1, "b.0": 0, "b.1": 1}
		cons := must[jetstream.Consumer](t)(joined.OrderedConsumer(c, jetstream.OrderedConsumerConfig{}))
		for m := range must[jetstream.MessageBatch](t)(cons.Fetch(int(all + all/2))).Messages() {
			if want := fmt.Sprint(next[m.Subject()]); string(m.Data()) != want {
				t.Fatalf("round %d: on %s comes %s, not %s", round, m.Subject(), m.Data(), want)
			}
			next[m.Subject()] += 2
		}
		nc.Close()
		s.Signal(t, syscall.SIGKILL)
		s.Wait(t)
	}
}

// await waits until a stream has as many messages.
func await(t *testing.T, s jetstream.Stream, n uint64) {
	t.Helper()
	c := ctx(t)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		i := must[*jetstream.StreamInfo](t)(s.Info(c))
		if i.State.Msgs == n {
			return
		}
		if i.State.Msgs > n {
			t.Fatalf("%s has %d messages, of %d", i.Config.Name, i.State.Msgs, n)
		}
		<-tick.C
	}
}
