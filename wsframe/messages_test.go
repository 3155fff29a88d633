package wsframe

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stdInflate is an Inflater made of the standard library.
func stdInflate(message []byte, _ int, sink func([]byte) error) error {
	const tail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"
	r := flate.NewReader(io.MultiReader(bytes.NewReader(message), strings.NewReader(tail)))
	buf := make([]byte, 1<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if err := sink(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// stdDeflate is a Compressor made of the standard library.
type stdDeflate struct{ calls int }

func (d *stdDeflate) AppendMessage(dst, src []byte) []byte {
	d.calls++
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	_, err = w.Write(src)
	if err = errors.Join(err, w.Flush()); err != nil {
		panic(err)
	}
	return append(dst, bytes.TrimSuffix(out.Bytes(), []byte("\x00\x00\xff\xff"))...)
}

func deflated(text string) string {
	return string(new(stdDeflate).AppendMessage(nil, []byte(text)))
}

// assemble feeds chunks to a Messages.
func assemble(t *testing.T, rules Rules, limit int, inflate Inflater, chunks ...[]byte) []event {
	t.Helper()
	var l transcript
	m := NewMessages(rules, limit, inflate)
	for _, chunk := range chunks {
		for b := bytes.Clone(chunk); len(b) > 0; {
			p, n, err := m.Next(b)
			if err != nil {
				if _, _, again := m.Next(b); again != err {
					t.Errorf("error %v, then %v", err, again)
				}
				return l.end(err)
			}
			if p.Kind == KindData && !(p.First && p.Last) {
				t.Errorf("%+v is not a whole message", p)
			}
			if b = b[n:]; p.Kind == KindNothing {
				if len(b) > 0 {
					t.Fatalf("nothing, but %d bytes are left", len(b))
				}
				continue
			}
			l.add(t, p)
		}
	}
	return l.events
}

func TestMessages(t *testing.T) {
	t.Parallel()
	plain := Rules{CheckUTF8: true}
	packed := Rules{CheckUTF8: true, Compression: true}
	big, text := wrong(StatusTooBig, "maximum payload exceeded"), wrong(StatusInvalidPayload, "invalid utf8 in text message")
	bomb := deflated(strings.Repeat("x", 100000))
	inflated := func(s string) event { return event{Kind: "message", Op: Text, Compressed: true, Text: s} }
	long := strings.Repeat("long", keep/2)
	rows := []struct {
		name   string
		rules  Rules
		limit  int
		stream []byte
		want   []event
	}{
		{"whole messages", plain, 0, join(frame(Text, "a"), frame(Binary, ""), frame(Text, "c")),
			[]event{messageEvent(Text, "a"), messageEvent(Binary, ""), messageEvent(Text, "c")}},
		{"fragments with a ping between", plain, 0, join(fragment(Text, false, false, "a"), frame(Ping, "p"), fragment(Continuation, false, false, ""), fragment(Continuation, true, false, "b"), frame(Text, "c")),
			[]event{{Kind: "ping", Op: Ping, Text: "p"}, messageEvent(Text, "ab"), messageEvent(Text, "c")}},
		{"a message longer than what is kept, then a short one", plain, 0, join(fragment(Text, false, false, long), fragment(Continuation, true, false, "!"), fragment(Text, false, false, "a"), fragment(Continuation, true, false, "b")),
			[]event{messageEvent(Text, long+"!"), messageEvent(Text, "ab")}},
		{"as long as allowed", plain, 4, join(frame(Text, "1234"), fragment(Text, false, false, "12"), fragment(Continuation, true, false, "34")),
			[]event{messageEvent(Text, "1234"), messageEvent(Text, "1234")}},
		{"too long", plain, 4, frame(Text, "12345"), []event{big}},
		{"too long in fragments", plain, 4, join(fragment(Text, false, false, "123"), fragment(Continuation, true, false, "45")), []event{big}},
		{"rule 44: nothing of a message that turns out wrong", plain, 0, join(frame(Text, "a"), fragment(Text, false, false, "b"), fragment(Continuation, true, false, "\xff")),
			[]event{messageEvent(Text, "a"), text}},
		{"compressed", packed, 100, join(fragment(Text, true, true, deflated("hello")), frame(Text, "plain"), fragment(Text, true, true, deflated("again"))),
			[]event{inflated("hello"), messageEvent(Text, "plain"), inflated("again")}},
		{"compressed in fragments", packed, 100, join(fragment(Text, false, true, deflated("hello")[:3]), frame(Ping, ""), fragment(Continuation, true, false, deflated("hello")[3:])),
			[]event{{Kind: "ping", Op: Ping}, inflated("hello")}},
		{"empty and compressed", packed, 0, fragment(Text, true, true, "\x00"), []event{inflated("")}},
		{"not compressed and too long", packed, 4, frame(Text, "12345"), []event{big}},
		{"compressed and short enough, but not on the wire", packed, 4, fragment(Text, true, true, deflated("1234")), []event{inflated("1234")}},
		{"compressed and too long", packed, 1000, fragment(Text, true, true, bomb), []event{big}},
		{"compressed and exactly as long as allowed", packed, 100000, fragment(Text, true, true, bomb), []event{inflated(strings.Repeat("x", 100000))}},
		{"compressed and too long on the wire", Rules{Compression: true, MaxMessage: 5}, 0, fragment(Text, true, true, deflated("hello world")), []event{big}},
		{"compressed text that is not UTF-8", packed, 0, fragment(Text, true, true, deflated("\xff")), []event{text}},
		{"compressed bytes that are not UTF-8", packed, 0, fragment(Binary, true, true, deflated("\xff")), []event{{Kind: "message", Op: Binary, Compressed: true, Text: "\xff"}}},
		{"not DEFLATE at all", packed, 0, fragment(Text, true, true, "\xff\xff\xff"), []event{wrong(StatusInvalidPayload, "flate: corrupt input before offset 1")}},
		{"a framing error", plain, 0, join(frame(Text, "a"), raw(0x83, 0x80, "")), []event{messageEvent(Text, "a"), wrong(StatusProtocolError, "unknown opcode 3")}},
		{"close", plain, 0, join(frame(Close, "\x03\xe8bye"), frame(Text, "a")), []event{{Kind: "close", Op: Close, Code: 1000, Text: "bye"}}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(row.want, assemble(t, row.rules, row.limit, stdInflate, row.stream)); d != "" {
				t.Errorf("whole (-want +got):\n%s", d)
			}
			if d := cmp.Diff(row.want, assemble(t, row.rules, row.limit, stdInflate, bytewise(row.stream)...)); d != "" {
				t.Errorf("byte by byte (-want +got):\n%s", d)
			}
		})
	}
}

func TestMessagesWithoutInflaterRefuseCompression(t *testing.T) {
	t.Parallel()
	got := assemble(t, Rules{Compression: true}, 0, nil, fragment(Text, true, true, deflated("x")))
	want := []event{wrong(StatusProtocolError, "compressed frame received without negotiated permessage-deflate")}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestMessagesDoNotCopyWhatComesWhole(t *testing.T) {
	t.Parallel()
	stream := frame(Binary, "payload")
	p, n, err := NewMessages(Rules{}, 0, nil).Next(stream)
	if err != nil || n != len(stream) || string(p.Payload) != "payload" || &p.Payload[0] != &stream[6] {
		t.Errorf("Next = %+v, %d, %v", p, n, err)
	}
}

func TestMessagesForgetLongMessages(t *testing.T) {
	t.Parallel()
	m := NewMessages(Rules{Compression: true}, 0, stdInflate)
	long, short := strings.Repeat("x", 4*keep), strings.Repeat("y", 10)
	for _, text := range []string{long, short} {
		for _, stream := range [][]byte{
			join(fragment(Text, false, false, text), fragment(Continuation, true, false, "")),
			fragment(Text, true, true, deflated(text)),
		} {
			var p Piece
			for len(stream) > 0 {
				var n int
				var err error
				if p, n, err = m.Next(stream); err != nil {
					t.Fatal(err)
				}
				stream = stream[n:]
			}
			if string(p.Payload) != text {
				t.Fatalf("%d bytes instead of %d", len(p.Payload), len(text))
			}
		}
	}
	if n := cap(m.held) + cap(m.out); n > 2*keep {
		t.Errorf("%d bytes are kept after a message of %d", n, len(short))
	}
}
