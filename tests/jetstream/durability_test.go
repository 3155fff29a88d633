package jetstream

import (
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

// TestAcknowledgedMessagesSurviveKilling kills the server under load, again and again:
// what was acknowledged is there, in order and once; what was consumed and acknowledged
// twice does not come back; message ids are remembered.
func TestAcknowledgedMessagesSurviveKilling(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	options := proc.Options{Config: "jetstream {store_dir: \"" + dir + "\"}\n"}
	acked := make(map[string]uint64) // message → sequence
	highest := uint64(0)             // that a consumer was promised not to see again
	for round := range 4 {
		s := start(t, options)
		nc, js := connect(t, s)
		c := ctx(t)
		st := must[jetstream.Stream](t)(js.CreateOrUpdateStream(c, jetstream.StreamConfig{Name: "S", Subjects: []string{"s.*"}}))
		cons := must[jetstream.Consumer](t)(st.CreateOrUpdateConsumer(c, jetstream.ConsumerConfig{Durable: "C", AckPolicy: jetstream.AckAllPolicy, MaxAckPending: -1}))
		verify(t, st, acked)
		if i := must[*jetstream.ConsumerInfo](t)(cons.Info(c)); i.AckFloor.Stream < highest || i.Delivered.Stream > st.CachedInfo().State.LastSeq {
			t.Fatalf("round %d: acknowledged up to %d, consumer says %+v", round, highest, i)
		}
		for m, seq := range acked {
			if ack := must[*jetstream.PubAck](t)(js.Publish(c, "s.0", []byte(m), jetstream.WithMsgID(m))); !ack.Duplicate || ack.Sequence != seq {
				t.Fatalf("round %d: %s again is %+v, it was %d", round, m, ack, seq)
			}
			break
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		enough := make(chan struct{})
		for p := range 8 {
			wg.Go(func() {
				for i := 0; ; i++ {
					m := fmt.Sprintf("%d-%d-%d", round, p, i)
					ack, err := js.Publish(c, fmt.Sprintf("s.%d", p), []byte(m), jetstream.WithMsgID(m))
					if err != nil {
						return
					}
					mu.Lock()
					acked[m] = ack.Sequence
					if len(acked) == 300*(round+1) {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		wg.Go(func() {
			for {
				batch, err := cons.Fetch(20, jetstream.FetchMaxWait(time.Second))
				if err != nil {
					return
				}
				for m := range batch.Messages() {
					meta, _ := m.Metadata()
					if m.DoubleAck(c) != nil {
						return
					}
					highest = meta.Sequence.Stream
				}
			}
		})
		select {
		case <-enough:
		case <-c.Done():
			t.Fatal("too slow")
		}
		s.Signal(t, syscall.SIGKILL)
		nc.Close()
		wg.Wait()
		s.Wait(t)
	}
	s := start(t, options)
	_, js := connect(t, s)
	verify(t, must[jetstream.Stream](t)(js.Stream(ctx(t), "S")), acked)
	if strings.Contains(s.Log(), "[ERR]") {
		t.Error(s.Log())
	}
}

// verify checks that a stream has what was acknowledged, in order.
func verify(t *testing.T, st jetstream.Stream, acked map[string]uint64) {
	t.Helper()
	c := ctx(t)
	cons := must[jetstream.Consumer](t)(st.OrderedConsumer(c, jetstream.OrderedConsumerConfig{}))
	have := make(map[string]uint64)
	last := uint64(0)
	for n := st.CachedInfo().State.Msgs; n > 0; {
		batch := must[jetstream.MessageBatch](t)(cons.Fetch(int(min(n, 500))))
		for m := range batch.Messages() {
			meta := must[*jetstream.MsgMetadata](t)(m.Metadata())
			if meta.Sequence.Stream != last+1 {
				t.Fatalf("after %d comes %d", last, meta.Sequence.Stream)
			}
			last = meta.Sequence.Stream
			if _, twice := have[string(m.Data())]; twice {
				t.Fatalf("%s is there twice", m.Data())
			}
			have[string(m.Data())] = last
			n--
		}
		if err := batch.Error(); err != nil {
			t.Fatal(err)
		}
	}
	for m, seq := range acked {
		if have[m] != seq {
			t.Fatalf("%s was acknowledged as %d, and is %d", m, seq, have[m])
		}
	}
}

func TestCleanRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	options := proc.Options{Config: "jetstream {store_dir: \"" + dir + "\"}\n"}
	s := start(t, options)
	nc, js := connect(t, s)
	c := ctx(t)
	st := must[jetstream.Stream](t)(js.CreateStream(c, jetstream.StreamConfig{Name: "S", Subjects: []string{"s.*"}, MaxMsgsPerSubject: 3}))
	for i := range 50 {
		must[*jetstream.PubAck](t)(js.Publish(c, fmt.Sprintf("s.%d", i%7), fmt.Append(nil, i)))
	}
	if err := st.DeleteMsg(c, 45); err != nil {
		t.Fatal(err)
	}
	cons := must[jetstream.Consumer](t)(st.CreateConsumer(c, jetstream.ConsumerConfig{Durable: "C", AckPolicy: jetstream.AckExplicitPolicy, AckWait: time.Hour}))
	for m := range must[jetstream.MessageBatch](t)(cons.Fetch(5)).Messages() {
		if meta, _ := m.Metadata(); meta.Sequence.Consumer != 3 {
			if err := m.DoubleAck(c); err != nil {
				t.Fatal(err)
			}
		}
	}
	before, consumer := must[*jetstream.StreamInfo](t)(st.Info(c)), must[*jetstream.ConsumerInfo](t)(cons.Info(c))
	nc.Close()
	s.Signal(t, syscall.SIGTERM)
	s.Wait(t)
	_, js = connect(t, start(t, options))
	st = must[jetstream.Stream](t)(js.Stream(c, "S"))
	cons = must[jetstream.Consumer](t)(st.Consumer(c, "C"))
	after, again := st.CachedInfo(), cons.CachedInfo()
	if before.State.Msgs != after.State.Msgs || before.State.Bytes != after.State.Bytes || before.State.LastSeq != after.State.LastSeq ||
		before.State.FirstSeq != after.State.FirstSeq || before.State.NumDeleted != after.State.NumDeleted ||
		before.State.NumSubjects != after.State.NumSubjects || !before.Created.Equal(after.Created) {
		t.Errorf("before %+v\nafter %+v", before.State, after.State)
	}
	if consumer.Delivered.Stream != again.Delivered.Stream || consumer.AckFloor.Stream != again.AckFloor.Stream ||
		consumer.NumAckPending != again.NumAckPending || consumer.NumPending != again.NumPending {
		t.Errorf("before %+v\nafter %+v", consumer, again)
	}
}
