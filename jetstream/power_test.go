package jetstream

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/vfs"
)

var noLimits = api.NoLimits()

// history is what a workload was told.
type history struct {
	created  bool
	asked    map[uint64]string // messages in the order in which they were published
	stored   map[uint64]string // acknowledged, by sequence
	removing map[uint64]bool   // asked to be removed
	removed  map[uint64]bool   // and acknowledged
	acked    uint64            // a consumer's messages up to it, with an answer
	consumer bool              // was made
}

// workload publishes, consumes, removes and writes checkpoints until the power goes.
func workload(fs vfs.FS) (h history) {
	h = history{asked: map[uint64]string{}, stored: map[uint64]string{}, removing: map[uint64]bool{}, removed: map[uint64]bool{}}
	r, err := openRig(fs)
	if err != nil {
		return h
	}
	defer r.engine.Close()
	var created api.StreamCreateResponse
	if !r.api("STREAM.CREATE.S", map[string]any{"name": "S", "subjects": []string{"s.*"}}, &created) || created.Error != nil {
		return h
	}
	h.created = true
	var made api.ConsumerResponse
	if !r.api("CONSUMER.CREATE.S.C", map[string]any{"stream_name": "S", "config": map[string]any{"durable_name": "C", "ack_policy": "explicit"}}, &made) || made.Error != nil {
		return h
	}
	h.consumer = true
	for i := range 30 {
		payload := fmt.Sprintf("message %d %s", i, strings.Repeat("z", i*13%90))
		h.asked[uint64(i+1)] = payload
		m, ok := r.request(fmt.Sprintf("s.%d", i%3), fmt.Sprintf("NATS/1.0\r\nNats-Msg-Id: %d\r\n\r\n", i), payload)
		var ack struct {
			Seq   uint64
			Error *api.Error
		}
		if !ok || json.Unmarshal([]byte(m.payload), &ack) != nil || ack.Error != nil {
			return h
		}
		h.stored[ack.Seq] = payload
		switch i % 10 {
		case 3:
			m, ok := r.request("$JS.API.CONSUMER.MSG.NEXT.S.C", "", "1")
			if !ok || m.reply == "" {
				return h
			}
			var a api.AckSubject
			a.Parse([]byte(m.reply))
			if _, ok := r.request(m.reply, "", "+ACK"); !ok {
				return h
			}
			h.acked = a.StreamSeq
		case 5:
			seq := uint64(i - 1)
			h.removing[seq] = true
			var gone api.SuccessResponse
			if !r.api("STREAM.MSG.DELETE.S", map[string]any{"seq": seq}, &gone) || !gone.Success {
				return h
			}
			h.removed[seq] = true
		case 7:
			if r.engine.Account("A").Stream("S").checkpoint() != nil {
				return h
			}
			r.engine.keeper.look()
		}
	}
	return h
}

// verify opens what is left and compares it with what was promised.
func (h *history) verify(fs vfs.FS) error {
	r, err := openRig(fs)
	if err != nil {
		return err
	}
	defer r.engine.Close()
	s := r.engine.Account("A").Stream("S")
	if s == nil {
		if h.created {
			return fmt.Errorf("the stream is gone")
		}
		return nil
	}
	for seq, payload := range h.stored {
		var got api.MsgGetResponse
		r.api("STREAM.MSG.GET.S", map[string]any{"seq": seq}, &got)
		switch {
		case got.Message == nil && !h.removing[seq]:
			return fmt.Errorf("message %d was acknowledged and is gone: %v", seq, got.Error)
		case got.Message != nil && h.removed[seq]:
			return fmt.Errorf("message %d was removed and is back", seq)
		case got.Message != nil && string(got.Message.Data) != payload:
			return fmt.Errorf("message %d is %q", seq, got.Message.Data)
		}
	}
	st := s.Info().State
	if st.LastSeq > uint64(len(h.asked)) || st.Lost != nil {
		return fmt.Errorf("state %+v of %d messages", st, len(h.asked))
	}
	for seq := st.FirstSeq; seq <= st.LastSeq && seq > 0; seq++ {
		var got api.MsgGetResponse
		r.api("STREAM.MSG.GET.S", map[string]any{"seq": seq}, &got)
		if got.Message != nil && string(got.Message.Data) != h.asked[seq] {
			return fmt.Errorf("message %d is %q, was published as %q", seq, got.Message.Data, h.asked[seq])
		}
	}
	for seq := range h.stored {
		if h.removing[seq] {
			continue
		}
		m, _ := r.request("s.0", fmt.Sprintf("NATS/1.0\r\nNats-Msg-Id: %d\r\n\r\n", seq-1), "again")
		if !strings.Contains(m.payload, `"duplicate": true`) {
			return fmt.Errorf("message %d was not known again: %s", seq, m.payload)
		}
	}
	c := s.Consumer("C")
	if c == nil {
		if h.consumer {
			return fmt.Errorf("the consumer is gone")
		}
		return nil
	}
	if i := c.Info(); i.Delivered.Stream > st.LastSeq || i.AckFloor.Stream < h.acked {
		return fmt.Errorf("acknowledged up to %d, stream up to %d, consumer %+v", h.acked, st.LastSeq, i)
	}
	return nil
}

// TestPowerCut cuts the power after every write, sync and rename of a workload, with
// several outcomes of each. It proves the promise that an acknowledgement means that a
// power cut does not lose the message.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	whole := vfs.NewMemory()
	h := workload(whole)
	if len(h.stored) != 30 || h.acked == 0 || len(h.removed) != 3 {
		t.Fatalf("the workload does not run through: %+v", h)
	}
	if err := h.verify(whole.Crash(0)); err != nil {
		t.Fatal(err)
	}
	total := whole.Ops()
	for n := range total {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			fs := vfs.NewMemory()
			fs.CutAfter(n)
			h := workload(fs)
			for seed := range uint64(5) {
				if err := h.verify(fs.Crash(seed)); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
		})
	}
}
