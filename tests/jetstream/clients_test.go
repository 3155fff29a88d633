package jetstream

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dunlin-mq/dunlin/tests/internal/proc"
)

func TestPublishAndFetch(t *testing.T) {
	t.Parallel()
	_, js := connect(t, start(t, proc.Options{}))
	c := ctx(t)
	s := must[jetstream.Stream](t)(js.CreateStream(c, jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}}))
	for i := range 100 {
		ack := must[*jetstream.PubAck](t)(js.Publish(c, fmt.Sprintf("s.%d", i%10), fmt.Append(nil, i), jetstream.WithMsgID(fmt.Sprint(i))))
		if ack.Sequence != uint64(i+1) || ack.Duplicate {
			t.Fatalf("message %d: %+v", i, ack)
		}
	}
	if ack := must[*jetstream.PubAck](t)(js.Publish(c, "s.1", nil, jetstream.WithMsgID("5"))); !ack.Duplicate || ack.Sequence != 6 {
		t.Errorf("once more: %+v", ack)
	}
	cons := must[jetstream.Consumer](t)(s.CreateOrUpdateConsumer(c, jetstream.ConsumerConfig{Durable: "C", AckPolicy: jetstream.AckExplicitPolicy, FilterSubject: "s.3"}))
	var got []string
	batch := must[jetstream.MessageBatch](t)(cons.Fetch(10))
	for m := range batch.Messages() {
		got = append(got, string(m.Data()))
		if err := m.DoubleAck(c); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{"3", "13", "23", "33", "43", "53", "63", "73", "83", "93"}, got); d != "" {
		t.Error(d)
	}
	info := must[*jetstream.ConsumerInfo](t)(cons.Info(c))
	if info.NumAckPending != 0 || info.NumPending != 0 || info.AckFloor.Stream != 94 {
		t.Errorf("%+v", info)
	}
}

func TestOrderedConsumer(t *testing.T) {
	t.Parallel()
	_, js := connect(t, start(t, proc.Options{}))
	c := ctx(t)
	must[jetstream.Stream](t)(js.CreateStream(c, jetstream.StreamConfig{Name: "S", Storage: jetstream.MemoryStorage}))
	const n = 5000
	for i := range n {
		must[jetstream.PubAckFuture](t)(js.PublishAsync("S", fmt.Append(nil, i)))
	}
	<-js.PublishAsyncComplete()
	cons := must[jetstream.Consumer](t)(js.OrderedConsumer(c, "S", jetstream.OrderedConsumerConfig{}))
	it := must[jetstream.MessagesContext](t)(cons.Messages())
	defer it.Stop()
	for i := range n {
		m := must[jetstream.Msg](t)(it.Next())
		if string(m.Data()) != fmt.Sprint(i) {
			t.Fatalf("message %d is %s", i, m.Data())
		}
	}
}

func TestKeyValue(t *testing.T) {
	t.Parallel()
	_, js := connect(t, start(t, proc.Options{}))
	c := ctx(t)
	kv := must[jetstream.KeyValue](t)(js.CreateKeyValue(c, jetstream.KeyValueConfig{Bucket: "B", History: 5}))
	w := must[jetstream.KeyWatcher](t)(kv.WatchAll(c))
	defer w.Stop()
	if e := <-w.Updates(); e != nil {
		t.Errorf("an empty bucket begins with %v", e)
	}
	rev := must[uint64](t)(kv.Create(c, "a", []byte("1")))
	if _, err := kv.Create(c, "a", []byte("2")); !errors.Is(err, jetstream.ErrKeyExists) {
		t.Errorf("created twice: %v", err)
	}
	rev = must[uint64](t)(kv.Update(c, "a", []byte("2"), rev))
	if _, err := kv.Update(c, "a", []byte("3"), rev-1); err == nil {
		t.Error("updated from an old revision")
	}
	must[uint64](t)(kv.PutString(c, "b.c", "x"))
	if e := must[jetstream.KeyValueEntry](t)(kv.Get(c, "a")); string(e.Value()) != "2" || e.Revision() != rev {
		t.Errorf("%s at %d", e.Value(), e.Revision())
	}
	if err := kv.Delete(c, "b.c"); err != nil {
		t.Error(err)
	}
	if _, err := kv.Get(c, "b.c"); !errors.Is(err, jetstream.ErrKeyNotFound) {
		t.Errorf("got a deleted key: %v", err)
	}
	must[uint64](t)(kv.Create(c, "b.c", []byte("again")))
	if h := must[[]jetstream.KeyValueEntry](t)(kv.History(c, "a")); len(h) != 2 {
		t.Errorf("history of %d", len(h))
	}
	if keys := must[[]string](t)(kv.Keys(c)); len(keys) != 2 {
		t.Errorf("keys %v", keys)
	}
	if err := kv.Purge(c, "a"); err != nil {
		t.Error(err)
	}
	var seen []string
	for range 6 {
		e := <-w.Updates()
		seen = append(seen, e.Key()+" "+e.Operation().String())
	}
	want := []string{"a KeyValuePutOp", "a KeyValuePutOp", "b.c KeyValuePutOp", "b.c KeyValueDeleteOp", "b.c KeyValuePutOp", "a KeyValuePurgeOp"}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
}

func TestObjectStore(t *testing.T) {
	t.Parallel()
	_, js := connect(t, start(t, proc.Options{}))
	c := ctx(t)
	o := must[jetstream.ObjectStore](t)(js.CreateObjectStore(c, jetstream.ObjectStoreConfig{Bucket: "O"}))
	blob := make([]byte, 3<<20)
	_, _ = rand.Read(blob)
	for range 2 { // the second one replaces the first
		must[*jetstream.ObjectInfo](t)(o.PutBytes(c, "blob", blob))
	}
	r := must[jetstream.ObjectResult](t)(o.Get(c, "blob"))
	if got := must[[]byte](t)(io.ReadAll(r)); !bytes.Equal(got, blob) {
		t.Errorf("got %d bytes, not the same", len(got))
	}
	s := must[jetstream.Stream](t)(js.Stream(c, "OBJ_O"))
	if n := s.CachedInfo().State.Msgs; n > 26 { // 24 chunks and what describes them
		t.Errorf("%d messages: the first object is still there", n)
	}
	if err := o.Delete(c, "blob"); err != nil {
		t.Error(err)
	}
	if _, err := o.Get(c, "blob"); !errors.Is(err, jetstream.ErrObjectNotFound) {
		t.Errorf("got a deleted object: %v", err)
	}
}

func TestWorkQueue(t *testing.T) {
	t.Parallel()
	_, js := connect(t, start(t, proc.Options{}))
	c := ctx(t)
	s := must[jetstream.Stream](t)(js.CreateStream(c, jetstream.StreamConfig{Name: "W", Retention: jetstream.WorkQueuePolicy}))
	cons := must[jetstream.Consumer](t)(s.CreateConsumer(c, jetstream.ConsumerConfig{Durable: "C", AckPolicy: jetstream.AckExplicitPolicy}))
	const n = 300
	seen := make(chan string, n)
	for range 3 {
		cc := must[jetstream.ConsumeContext](t)(cons.Consume(func(m jetstream.Msg) {
			seen <- string(m.Data())
			_ = m.Ack()
		}))
		defer cc.Stop()
	}
	for i := range n {
		must[*jetstream.PubAck](t)(js.Publish(c, "W", fmt.Append(nil, i)))
	}
	once := map[string]bool{}
	for range n {
		m := <-seen
		if once[m] {
			t.Errorf("%s came twice", m)
		}
		once[m] = true
	}
	for deadline := time.Now().Add(proc.Patience); ; {
		if must[*jetstream.StreamInfo](t)(s.Info(c)).State.Msgs == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("messages that were acknowledged stay")
		}
	}
}

func TestAgeWithoutTraffic(t *testing.T) {
	t.Parallel()
	_, js := connect(t, start(t, proc.Options{}))
	c := ctx(t)
	s := must[jetstream.Stream](t)(js.CreateStream(c, jetstream.StreamConfig{Name: "S", MaxAge: 300 * time.Millisecond, Duplicates: 200 * time.Millisecond}))
	must[*jetstream.PubAck](t)(js.Publish(c, "S", nil))
	for deadline := time.Now().Add(proc.Patience); ; {
		i := must[*jetstream.StreamInfo](t)(s.Info(c))
		if i.State.Msgs == 0 && i.State.FirstSeq == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v", i.State)
		}
	}
}
