package deflate

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// conversation is a sequence of messages that resemble each other, with some
// that are nothing, long or noise in between.
func conversation() [][]byte {
	var messages [][]byte
	all := jsonOf(100_000)
	for i, at := 0, 0; at < len(all)-200; i++ {
		n := 50 + i*37%150
		messages = append(messages, all[at:at+n])
		at += n
		switch i % 100 {
		case 20:
			messages = append(messages, nil)
		case 40:
			messages = append(messages, contents()["noise"][i:i+5000])
		case 60:
			messages = append(messages, all)
		case 80:
			messages = append(messages, make([]byte, 70_000))
		}
	}
	return messages
}

func TestTakeover(t *testing.T) {
	t.Parallel()
	for _, bits := range []Window{8, 9, 12, 15} {
		t.Run(fmt.Sprintf("window %d", bits), func(t *testing.T) {
			t.Parallel()
			w, r, chunks := NewWriter(bits), NewReader(bits), NewReader(bits)
			defer w.Close()
			defer r.Close()
			defer chunks.Close()
			var sent, alone int
			for i, want := range conversation() {
				message := w.AppendMessage(nil, want)
				sent += len(message)
				alone += len(bits.AppendMessage(nil, want))
				got, err := r.Inflate([]byte("kept"), message, len(want))
				if err != nil || string(got) != "kept"+string(want) {
					t.Fatalf("message %d of %d bytes: %d bytes, %v", i, len(want), len(got)-4, err)
				}
				var joined []byte
				err = chunks.InflateTo(message, len(want), func(b []byte) error {
					joined = append(joined, b...)
					return nil
				})
				if err != nil || !bytes.Equal(joined, want) {
					t.Fatalf("message %d of %d bytes, in chunks: %d bytes, %v", i, len(want), len(joined), err)
				}
				if n := len(r.history); n > bits.size() || !bytes.Equal(r.history, chunks.history) {
					t.Fatalf("message %d: %d and %d bytes are remembered, or different ones", i, n, len(chunks.history))
				}
			}
			if bits == MaxWindow && sent*5 > alone*4 {
				t.Errorf("%d bytes with takeover, %d without", sent, alone)
			}
		})
	}
}

func TestTakeoverMayMixWithMessagesThatStandAlone(t *testing.T) {
	t.Parallel()
	// The receiver allows takeover; the sender need not use it each time, as
	// with messages that were compressed once for many receivers.
	r := NewReader(MaxWindow)
	for i := range 10 {
		want := jsonOf(5000 + i)
		message := Finish(AppendBlocks(AppendStored(nil, want[:10]), want[10:]))
		got, err := r.Inflate(nil, message, noLimit)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("message %d: %d bytes, %v", i, len(got), err)
		}
	}
}

func TestTakeoverBeginsAgainAfterClose(t *testing.T) {
	t.Parallel()
	src := jsonOf(1000)
	w, r := NewWriter(MaxWindow), NewReader(MaxWindow)
	first := w.AppendMessage(nil, src)
	second := w.AppendMessage(nil, src)
	if len(second)*10 > len(first) {
		t.Errorf("the same message again takes %d bytes, the first time %d", len(second), len(first))
	}
	w.Close()
	if third := w.AppendMessage(nil, src); !bytes.Equal(third, first) {
		t.Errorf("after Close the message is another one than at first: %d bytes, not %d", len(third), len(first))
	}
	if _, err := r.Inflate(nil, second, noLimit); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a message that refers to one that was not received: %v", err)
	}
}

func TestTakeoverAcrossManyMessages(t *testing.T) {
	t.Parallel()
	w, r := NewWriter(10), NewReader(10)
	src := jsonOf(3000)
	var message, got []byte
	for i := range 1000 {
		src[i] ^= byte(i)
		message = w.AppendMessage(message[:0], src)
		var err error
		if got, err = r.Inflate(got[:0], message, noLimit); err != nil || !bytes.Equal(got, src) {
			t.Fatalf("message %d: %d bytes, %v", i, len(got), err)
		}
	}
}
