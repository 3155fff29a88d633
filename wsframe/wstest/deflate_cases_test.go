package wstest

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// Categories 12 and 13: compression. The client compresses with compress/flate of
// the standard library and inflates with the decoder of inflate_test.go.

// messageSizes are how long the messages of each case are, and the fragments that
// the client sends them in; 0 is in one frame.
var messageSizes = []struct{ size, fragment int }{
	{16, 0}, {64, 0}, {256, 0}, {kib, 0}, {4 * kib, 0}, {8 * kib, 0}, {16 * kib, 0}, {32 * kib, 0}, {64 * kib, 0}, {128 * kib, 0},
	{8 * kib, 256}, {16 * kib, 256}, {32 * kib, 256}, {64 * kib, 256}, {128 * kib, 256},
	{128 * kib, kib}, {128 * kib, 4 * kib}, {128 * kib, 32 * kib},
}

func compressionCases() (all []testCase) {
	offer := deflate.Params{ClientNoContextTakeover: true, ClientMaxWindowBits: deflate.MaxWindowBits}
	for i, payload := range []*corpus{jsonCorpus, bitmapCorpus, germanCorpus, htmlCorpus, pdfCorpus} {
		for j, s := range messageSizes {
			all = append(all, compressed(fmt.Sprintf("12.%d.%d", 1+i, 1+j), payload, s.size, s.fragment, offer))
		}
	}
	return all
}

func parameterCases() (all []testCase) {
	type params struct {
		forget bool
		bits   int
	}
	for i, want := range [][]params{
		{{false, 0}}, {{true, 0}}, {{false, 9}}, {{false, 15}}, {{true, 9}}, {{true, 15}}, {{true, 9}, {true, 0}, {false, 0}},
	} {
		var offers []deflate.Params
		for _, p := range want {
			offers = append(offers, deflate.Params{
				ServerNoContextTakeover: p.forget, ClientNoContextTakeover: p.forget,
				ServerMaxWindowBits: p.bits, ClientMaxWindowBits: deflate.MaxWindowBits,
			})
		}
		for j, s := range messageSizes {
			all = append(all, compressed(fmt.Sprintf("13.%d.%d", 1+i, 1+j), jsonCorpus, s.size, s.fragment, offers...))
		}
	}
	return all
}

// messages is how many messages of that size are sent.
func messages(size int) int {
	if size <= kib {
		return shortly(1000)
	}
	return shortly(max(mib/size, 8))
}

// compressed sends messages and wants each back before the next, under the first
// of the offers.
func compressed(id string, from *corpus, size, fragment int, offers ...deflate.Params) testCase {
	return testCase{id: id, offers: offers, play: func(p *Peer) error {
		if err := agreed(p, &offers[0]); err != nil {
			return err
		}
		c := newCodec(&p.Params)
		packed := 0
		for i := range messages(size) {
			want := from.message(i, size)
			f, err := c.compress(want)
			if err != nil {
				return err
			}
			send := list(f)
			if fragment > 0 {
				send = Fragments(f, fragment)
			}
			got, err := c.roundTrip(p, send)
			if err != nil {
				return fmt.Errorf("message %d: %w", i, err)
			}
			if got.RSV != 0 {
				packed++
			}
			if got, err = c.inflate(got); err != nil {
				return fmt.Errorf("message %d: %w", i, err)
			}
			if got != want {
				return fmt.Errorf("message %d: want %v, got %v", i, want, got)
			}
		}
		if size >= kib && packed == 0 && from != pdfCorpus {
			return errors.New("nothing that came back was compressed")
		}
		return closeNormally(p)
	}}
}

// agreed checks that the server agreed to what was asked of it.
func agreed(p *Peer, offer *deflate.Params) error {
	switch {
	case !p.Deflate:
		return errors.New("compression was declined")
	case p.Params.ServerBits() > offer.ServerBits():
		return fmt.Errorf("server wants a window of %d bits", p.Params.ServerBits())
	case offer.ServerNoContextTakeover && !p.Params.ServerNoContextTakeover:
		return errors.New("server does not promise to forget")
	}
	return nil
}

// codec is what the client compresses and inflates with.
type codec struct {
	params deflate.Params
	buf    bytes.Buffer
	writer *flate.Writer
	reader inflater
}

func newCodec(p *deflate.Params) *codec {
	c := &codec{params: *p, reader: inflater{window: 1 << p.ServerBits()}}
	c.writer, _ = flate.NewWriter(&c.buf, flate.BestSpeed) // fails for other levels
	return c
}

// compress makes a message a compressed one, in one frame.
func (c *codec) compress(f Frame) (Frame, error) {
	c.buf.Reset()
	if c.params.ClientNoContextTakeover {
		c.writer.Reset(&c.buf)
	}
	if _, err := c.writer.Write([]byte(f.Payload)); err != nil {
		return Frame{}, err
	}
	if err := c.writer.Flush(); err != nil {
		return Frame{}, err
	}
	f.RSV, f.Payload = 4, string(bytes.TrimSuffix(c.buf.Bytes(), []byte("\x00\x00\xff\xff")))
	return f, nil
}

// inflate is the other way round, for messages that are compressed.
func (c *codec) inflate(f Frame) (Frame, error) {
	if f.RSV != 4 {
		return f, nil
	}
	if c.params.ServerNoContextTakeover {
		c.reader.history = nil
	}
	b, err := c.reader.inflate([]byte(f.Payload + "\x00\x00\xff\xff"))
	f.RSV, f.Payload = 0, string(b)
	return f, err
}

// roundTrip sends frames while it reads a message.
func (c *codec) roundTrip(p *Peer, send []Frame) (Frame, error) {
	sent := make(chan error, 1)
	go func() { sent <- p.Send(send...) }()
	got, err := p.ExpectMessage()
	if err != nil {
		_ = p.Conn().Close()
	}
	if err := <-sent; err != nil {
		return Frame{}, err
	}
	return got, err
}

// message returns message i of that size, or a little shorter where the end would
// lie within a character.
func (c *corpus) message(i, size int) Frame {
	all := c.text()
	from := i * 7919 % (len(all) - size)
	s := all[from : from+size]
	if c.op == wsframe.Text {
		s = trimmed(s)
	}
	return Frame{Fin: true, Opcode: c.op, Payload: s}
}
