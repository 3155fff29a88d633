package conn

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// arrive reads b into the input in pieces of at most step bytes.
func arrive(in *input, b []byte, step int) {
	for len(b) > 0 {
		n := copy(in.room(readSize), b[:min(step, len(b))])
		in.filled(n)
		b = b[n:]
	}
}

// capacity is the memory that an input holds.
func (in *input) capacity() int {
	if in.c == nil {
		return 0
	}
	return len(in.c.Buf)
}

func TestInputParksInLittleMemory(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		arrives, taken int
		want           int // capacity held while waiting
	}{
		{"nothing unread", 100, 100, 0},
		{"part of a line", 70_000, 69_990, 512},
		{"a whole line limit", 4096, 0, 4096},
		{"a small part of a payload", 5000, 0, 16 << 10},
		{"most of a payload", 60_000, 0, 64 << 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var in input
			b := pattern(1, tt.arrives)
			arrive(&in, b, 64<<10)
			in.consumed(tt.taken, 0)
			in.park()
			if diff := cmp.Diff(tt.want, in.capacity()); diff != "" {
				t.Errorf("capacity: %s", diff)
			}
			if !bytes.Equal(b[tt.taken:], in.bytes()) {
				t.Error("other bytes than those that arrived")
			}
			in.release()
		})
	}
}

func TestInputGrowsWithWhatArrived(t *testing.T) {
	t.Parallel()
	const payload = 3 << 20 // above the largest pooled chunk
	var in input
	b := pattern(2, payload)
	for sent := 0; sent < payload; {
		room := in.room(readSize)
		if held := in.end - in.start; in.capacity() > max(readSize, 4*4*held) {
			t.Fatalf("holds %d bytes of buffer when %d have arrived", in.capacity(), held)
		}
		n := copy(room[:min(len(room), 60_000)], b[sent:])
		in.filled(n)
		in.consumed(0, payload)
		sent += n
	}
	if !bytes.Equal(b, in.bytes()) {
		t.Error("other bytes than those that arrived")
	}
	in.consumed(payload, 0)
	in.park()
	if diff := cmp.Diff(0, in.capacity()); diff != "" {
		t.Errorf("capacity: %s", diff)
	}
}

func TestInputKeepsWhatSomebodyRefersTo(t *testing.T) {
	t.Parallel()
	var in input
	b := pattern(3, 40_000)
	arrive(&in, b, 64<<10)
	owner, body := in.c, in.bytes()[:20_000]
	owner.Retain()
	in.consumed(20_000, 0)
	arrive(&in, pattern(4, 100_000), 64<<10) // has to go elsewhere
	if !bytes.Equal(b[:20_000], body) {
		t.Error("a body that is still to be written was overwritten")
	}
	owner.Release()
	in.release()
}

func TestInputIsReadyForMoreOfALargeKind(t *testing.T) {
	t.Parallel()
	var in input
	large := pattern(5, 100_000)
	arrive(&in, large[:1000], 64<<10)
	in.consumed(0, len(large))
	arrive(&in, large[1000:], 64<<10)
	in.consumed(len(large), 0)
	in.park()
	if got := len(in.room(readSize)); got < 4*len(large) {
		t.Errorf("room for %d bytes after a message of %d", got, len(large))
	}
	in.filled(10)
	in.consumed(10, 0)
	in.park()
	if got := len(in.room(readSize)); got != readSize {
		t.Errorf("room for %d bytes after a small message", got)
	}
	in.release()
}

// FuzzInput plays a read loop with a session that takes, asks for and keeps
// parts of the stream as the fuzzer says, next to a buffer that only appends.
func FuzzInput(f *testing.F) {
	f.Add([]byte{0, 200, 1, 100, 3, 0, 0, 50, 1, 255})
	f.Add([]byte{0, 255, 0, 255, 2, 255, 1, 3, 3, 0, 0, 255, 4, 1, 1, 200, 5, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		var in input
		var want []byte // unread bytes
		type kept struct {
			owner *chunk.Chunk
			b     []byte
			want  []byte
		}
		var keep []kept
		need, sent := 0, 0
		for i := 0; i+1 < len(script) && sent < 4<<20; i += 2 {
			arg := int(script[i+1])
			switch script[i] % 6 {
			case 0, 1: // bytes arrive
				held, before := len(want), in.capacity()
				room := in.room(readSize)
				if len(room) == 0 {
					t.Fatal("no room")
				}
				if limit := max(before, readSize, 16*held, min(16*in.large, chunk.Max)); in.capacity() > limit {
					t.Fatalf("holds %d bytes of buffer for %d, large %d", in.capacity(), held, in.large)
				}
				n := min(len(room), 1+arg*arg*8)
				b := pattern(i, n)
				copy(room, b)
				in.filled(n)
				want = append(want, b...)
				sent += n
			case 2: // the session takes some and knows what it needs
				n := len(want) * arg / 255
				want = want[n:]
				need = 0
				if arg%3 == 0 {
					need = len(want) + arg*arg*64
				}
				in.consumed(n, need)
			case 3:
				in.park()
				if limit := max(512, 8*len(want)); len(want) == 0 && in.c != nil || in.capacity() > limit {
					t.Fatalf("parks %d bytes in %d", len(want), in.capacity())
				}
			case 4: // the session keeps some
				if in.c != nil {
					n := len(want) * arg / 255
					in.c.Retain()
					keep = append(keep, kept{in.c, in.bytes()[:n], bytes.Clone(want[:n])})
					want = want[n:]
					in.consumed(n, 0)
				}
			case 5: // what was kept is written
				if len(keep) > 0 {
					k := keep[0]
					if !bytes.Equal(k.want, k.b) {
						t.Fatal("bytes that were kept have changed")
					}
					k.owner.Release()
					keep = keep[1:]
				}
			}
			if !bytes.Equal(want, in.bytes()) {
				t.Fatalf("step %d: other bytes than those that arrived", i/2)
			}
		}
		in.release()
		for _, k := range keep {
			if !bytes.Equal(k.want, k.b) {
				t.Fatal("bytes that were kept have changed")
			}
			k.owner.Release()
		}
	})
}
