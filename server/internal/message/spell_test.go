package message

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
)

// spell asks for the message with every label in turn and returns what each
// receiver would read, and how many of them share.
func spell(t *testing.T, m *Message, b *Batch, labels []string) (read []string, shared int) {
	t.Helper()
	for _, label := range labels {
		f := m.Full()
		if w := m.Spell(f, []byte(label), b); w != f {
			if !w.Whole || w.Head != nil || w.Mid != nil || w.Size != f.Size {
				t.Fatalf("written out: %+v", w)
			}
			shared++
			read = append(read, string(w.Body))
			continue
		}
		read = append(read, string(f.Head)+label+string(f.Mid)+string(f.Body))
	}
	return read, shared
}

func TestSpellSharesTheMostFrequentLabel(t *testing.T) {
	t.Parallel()
	every := func(n int, label func(i int) string) []string {
		labels := make([]string, n)
		for i := range labels {
			labels[i] = label(i)
		}
		return labels
	}
	for _, tt := range []struct {
		name      string
		receivers int
		labels    []string
		want      int // shared in the second message; the first one learns
	}{
		{"all the same", 20, every(20, func(int) string { return "1 " }), 20},
		{"every other", 20, every(20, func(i int) string {
			if i%2 == 0 {
				return "1 "
			}
			return fmt.Sprint(i+2, " ")
		}), 10},
		{"all different", 20, every(20, func(i int) string { return fmt.Sprint(i, " ") }), 0},
		{"few receivers", 3, every(3, func(int) string { return "1 " }), 0},
		{"a label of a kilobyte", 20, every(20, func(int) string { return long + " " }), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := new(Batch)
			defer b.Flush()
			for i := range 3 {
				m := load(t, fmt.Sprintf("PUB foo r.1 2\r\n%02d\r\n", i))
				m.Receivers = tt.receivers
				var want []string
				for _, label := range tt.labels {
					want = append(want, fmt.Sprintf("MSG foo %sr.1 2\r\n%02d\r\n", label, i))
				}
				got, shared := spell(t, m, b, tt.labels)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if i > 0 && shared != tt.want {
					t.Errorf("message %d: %d share, want %d", i, shared, tt.want)
				}
			}
		})
	}
}

func TestSpelledMessagesStandBehindEachOther(t *testing.T) {
	t.Parallel()
	b := new(Batch)
	defer b.Flush()
	var before *chunk.Frame
	for i := range 100 {
		m := load(t, "PUB foo 2\r\nhi\r\n")
		m.Receivers = 10
		spell(t, m, b, []string{"1 ", "1 "})
		w := *m.Spell(m.Full(), []byte("1 "), b)
		if before != nil && &before.Body[:len(before.Body)+1][len(before.Body)] != &w.Body[0] {
			t.Fatalf("message %d does not follow the one before", i)
		}
		before = &w
	}
}

func TestSpellFollowsTheMessage(t *testing.T) {
	t.Parallel()
	b := new(Batch)
	defer b.Flush()
	m := load(t, "HPUB f 18 20\r\n"+hello+"hi\r\n")
	m.Receivers = 10
	spell(t, m, b, []string{"1 ", "1 ", "1 "})
	m.SetSubject([]byte("g"))
	var got []string
	for _, f := range []*chunk.Frame{m.Full(), m.Plain()} {
		got = append(got, string(m.Spell(f, []byte("1 "), b).Body))
	}
	want := []string{"HMSG g 1 18 20\r\n" + hello + "hi\r\n", "MSG g 1 2\r\nhi\r\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpellAllocatesNothing(t *testing.T) {
	m := load(t, "PUB foo.bar 2\r\nhi\r\n")
	m.Receivers = 10
	b, label := new(Batch), []byte("1 ")
	if got := testing.AllocsPerRun(100, func() {
		m.SetSubject(m.Subject)
		for range 3 {
			m.Spell(m.Full(), label, b)
		}
		b.Flush()
	}); got != 0 && !chunk.Audited {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkSpell(b *testing.B) {
	m := load(b, "PUB foo.bar 2\r\nhi\r\n")
	m.Receivers = 10
	batch, label := new(Batch), []byte("1 ")
	b.ReportAllocs()
	for b.Loop() {
		m.Spell(m.Full(), label, batch)
	}
	batch.Flush()
}
