package libs

import (
	"bufio"
	"bytes"
	"io"
	"net"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/klauspost/compress/flate"
)

// Gobwas is github.com/gobwas/ws used as it is meant to be by who wants the most
// of it: headers read and written with a buffer that is kept, payloads straight
// from and to the connection, Cipher on them. It takes any deflate; it gets the
// faster one of the two that are common.
type Gobwas struct{}

// Name implements Library.
func (Gobwas) Name() string { return "gobwas" }

// Module implements Library.
func (Gobwas) Module() string { return "github.com/gobwas/ws" }

// Mask implements Masker.
func (Gobwas) Mask(b []byte, key [4]byte) { ws.Cipher(b, key, 0) }

// Receiver implements Reader.
func (Gobwas) Receiver(c net.Conn, deflate bool) (Receiver, error) {
	in := bufio.NewReaderSize(c, ReadBuffer)
	header := make([]byte, ws.MaxHeaderSize)
	var payload []byte
	var inflater gobwasInflater
	return func(n int, handle func([]byte)) error {
		for range n {
			h, err := ws.ReadHeaderBuffer(in, header)
			if err != nil {
				return err
			}
			if err := ws.CheckHeader(h, ws.StateServerSide|ws.StateExtended); err != nil {
				return err
			}
			if int64(cap(payload)) < h.Length {
				payload = make([]byte, h.Length)
			}
			payload = payload[:h.Length]
			if _, err := io.ReadFull(in, payload); err != nil {
				return err
			}
			ws.Cipher(payload, h.Mask, 0)
			if !deflate {
				handle(payload)
				continue
			}
			plain, err := inflater.inflate(payload)
			if err != nil {
				return err
			}
			handle(plain)
		}
		return nil
	}, nil
}

// Sender implements Writer.
func (Gobwas) Sender(c net.Conn, deflate bool) (Sender, error) {
	header := make([]byte, ws.MaxHeaderSize)
	write := func(rsv byte, payload []byte) error {
		h := ws.Header{Fin: true, Rsv: rsv, OpCode: ws.OpBinary, Length: int64(len(payload))}
		if err := ws.WriteHeaderBuffer(c, h, header); err != nil {
			return err
		}
		_, err := c.Write(payload)
		return err
	}
	if !deflate {
		return func(payload []byte) error { return write(0, payload) }, nil
	}
	var d gobwasDeflater
	return func(payload []byte) error {
		packed, err := d.deflate(payload)
		if err != nil {
			return err
		}
		return write(ws.Rsv(true, false, false), packed)
	}, nil
}

// Broadcaster implements Broadcaster: a frame that is compiled once.
func (Gobwas) Broadcaster(conns []net.Conn) (Sender, error) {
	var d gobwasDeflater
	return func(payload []byte) error {
		packed, err := d.deflate(payload)
		if err != nil {
			return err
		}
		f := ws.NewBinaryFrame(packed)
		f.Header.Rsv = ws.Rsv(true, false, false)
		b, err := ws.CompileFrame(f)
		if err != nil {
			return err
		}
		for _, c := range conns {
			if _, err := c.Write(b); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// gobwasDeflater compresses messages with one compressor and one buffer.
type gobwasDeflater struct {
	w   *wsflate.Writer
	out bytes.Buffer
}

func (d *gobwasDeflater) deflate(b []byte) ([]byte, error) {
	d.out.Reset()
	if d.w == nil {
		d.w = wsflate.NewWriter(&d.out, func(w io.Writer) wsflate.Compressor {
			f, err := flate.NewWriter(w, flate.BestSpeed)
			if err != nil {
				panic(err) // the level is one of those there are
			}
			return f
		})
	} else {
		d.w.Reset(&d.out)
	}
	if _, err := d.w.Write(b); err != nil {
		return nil, err
	}
	if err := d.w.Flush(); err != nil {
		return nil, err
	}
	return d.out.Bytes(), nil
}

// gobwasInflater is the other direction.
type gobwasInflater struct {
	r     *wsflate.Reader
	in    bytes.Reader
	plain struct{ io.Reader } // in without its other methods
	out   []byte
}

func (d *gobwasInflater) inflate(b []byte) ([]byte, error) {
	d.in.Reset(b)
	// The library must not see that d.in reads single bytes: at its end it would
	// insert a zero, which this decompressor, unlike that of the standard library,
	// reads.
	d.plain.Reader = &d.in
	if d.r == nil {
		d.r = wsflate.NewReader(&d.plain, newGobwasResetter)
	} else {
		d.r.Reset(&d.plain)
	}
	var err error
	d.out, err = readAll(d.r, d.out)
	return d.out, err
}

// gobwasResetter makes a flate reader one that the library knows how to use
// again, with the buffer that it would otherwise make anew each time.
type gobwasResetter struct {
	flate io.ReadCloser
	buf   *bufio.Reader
}

func newGobwasResetter(src io.Reader) wsflate.Decompressor {
	buf := bufio.NewReader(src)
	return &gobwasResetter{flate: flate.NewReader(buf), buf: buf}
}

// Read implements wsflate.Decompressor.
func (r *gobwasResetter) Read(p []byte) (int, error) { return r.flate.Read(p) }

// Reset implements wsflate.ReadResetter.
func (r *gobwasResetter) Reset(src io.Reader) {
	r.buf.Reset(src)
	_ = r.flate.(flate.Resetter).Reset(r.buf, nil) // has no error without a dictionary
}
