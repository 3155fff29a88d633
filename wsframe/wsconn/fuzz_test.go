package wsconn

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// outcome is what came of reading something to its end.
type outcome struct {
	Messages []read
	Sent     string
	Err      string
}

func drain(c *Conn, f *feed, next func(*Conn) (wsframe.Opcode, string, error)) (o outcome) {
	for {
		op, s, err := next(c)
		if err != nil {
			o.Err, o.Sent = err.Error(), f.out.String()
			return o
		}
		o.Messages = append(o.Messages, read{op, s})
	}
}

// Whatever comes, reading ends, messages are what they should be and within the
// limit, memory keeps to it as well, and it makes no difference how the bytes are
// cut or how they are read.
func FuzzReading(f *testing.F) {
	for _, b := range [][]byte{
		masked(wsframe.Text, true, "hello"),
		append(masked(wsframe.Text, false, "gr\xc3"), masked(0, true, "\xbcn")...),
		append(masked(wsframe.Binary, false, "a"), masked(wsframe.Ping, true, "?")...),
		packed(wsframe.Text, "compressed"),
		wsframe.AppendMaskedFragment(nil, wsframe.Binary, true, true, key, deflate.AppendMessage(nil, make([]byte, 1<<20))),
		wsframe.AppendMaskedFragment(nil, wsframe.Binary, true, true, key, []byte("\xff\xff\xff")),
		wsframe.AppendMaskedClose(nil, key, 1000, "bye"),
		masked(wsframe.Binary, true, string(make([]byte, 5000)))[:8],
		[]byte("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04abc"),
		bytes.Repeat(masked(0, false, ""), 10),
	} {
		for mode := range byte(4) {
			f.Add(b, mode, byte(0))
			f.Add(b, mode, byte(3))
		}
	}
	policies := []*deflate.Params{nil, &deflate.NoTakeover, {}, {ClientMaxWindowBits: 8}}
	f.Fuzz(func(t *testing.T, b []byte, mode, step byte) {
		const limit = 4000
		p := policies[mode%4]
		c, in := fed(bytes.NewReader(bytes.Clone(b)), p, limit)
		want := drain(c, in, reads["ReadMessage"])
		for _, m := range want.Messages {
			if len(m.Payload) > limit || m.Op == wsframe.Text && !utf8.ValidString(m.Payload) {
				t.Fatalf("a message of %d bytes, text is UTF-8: %v", len(m.Payload), utf8.ValidString(m.Payload))
			}
		}
		for name, next := range reads {
			for _, r := range []io.Reader{bytes.NewReader(bytes.Clone(b)), &stepReader{bytes.Clone(b), int(step) + 1}, iotest.OneByteReader(bytes.NewReader(b))} {
				c, in := fed(r, p, limit)
				got := drain(c, in, func(c *Conn) (wsframe.Opcode, string, error) {
					op, s, err := next(c)
					if m := &c.in.message; m.raw != nil && cap(m.raw.b) > 8*limit || m.out != nil && cap(m.out.b) > 8*limit {
						t.Fatal("holds more than a message needs")
					}
					return op, s, err
				})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s: %s", name, diff)
				}
			}
		}
	})
}

// stepReader gives out so many bytes at a time.
type stepReader struct {
	b []byte
	n int
}

func (r *stepReader) Read(b []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), r.n)], r.b)
	r.b = r.b[n:]
	return n, nil
}

// What one end writes the other reads, whatever it is.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("hello"), byte(0), uint16(0))
	f.Add([]byte(many), byte(1), uint16(1000))
	f.Add(make([]byte, 100000), byte(2), uint16(1))
	f.Add([]byte{}, byte(3), uint16(3))
	policies := []*deflate.Params{nil, &deflate.NoTakeover, {}, {ClientMaxWindowBits: 8, ServerMaxWindowBits: 9}}
	f.Fuzz(func(t *testing.T, b []byte, mode byte, fragment uint16) {
		p := policies[mode%4]
		for _, client := range []bool{true, false} {
			out := new(feed)
			w := New(upgraded(out, p), client, -1)
			w.SetFragment(int(fragment))
			prepared := wsframe.NewPrepared(wsframe.Binary, b, deflate.MaxWindow)
			for range 2 {
				if err := errors.Join(w.WriteMessage(wsframe.Binary, b), w.WritePrepared(prepared)); err != nil {
					t.Fatal(err)
				}
			}
			r := New(upgraded(&feed{in: &out.out}, p), !client, -1)
			for i := range 4 {
				if op, got, err := r.ReadMessage(); err != nil || op != wsframe.Binary || !bytes.Equal(got, b) {
					t.Fatalf("message %d: %v, %d bytes of %d, %v", i, op, len(got), len(b), err)
				}
			}
		}
	})
}
