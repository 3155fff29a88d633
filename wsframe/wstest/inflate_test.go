package wstest

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// An inflater is a decoder of RFC 1951 that has no more than window bytes to refer
// back to. It takes one bit after the other.
type inflater struct {
	window  int
	history []byte // inflated before, at most window

	src []byte
	bit uint // bits of src that were taken
	out []byte
	old int // bytes of out that are history
}

var errEnd = errors.New("message ends within a block")

// inflate returns the contents of a message that ends with the flush that is not
// sent.
func (z *inflater) inflate(src []byte) (contents []byte, err error) {
	z.src, z.bit = src, 0
	z.out, z.old = append([]byte(nil), z.history...), len(z.history)
	defer func() {
		// The end of src panics, which keeps everything else readable.
		if r := recover(); r == errEnd {
			err = errEnd
		} else if r != nil {
			panic(r)
		}
	}()
	for int(z.bit+7)/8 < len(src) {
		if z.take(1) == 1 {
			return nil, errors.New("final block")
		}
		if err := z.block(z.take(2)); err != nil {
			return nil, err
		}
	}
	z.history = append([]byte(nil), z.out[max(0, len(z.out)-z.window):]...)
	return z.out[z.old:], nil
}

func (z *inflater) block(kind int) error {
	switch kind {
	case 0:
		return z.stored()
	case 1:
		lengths := bytes.Repeat([]byte{8}, 288)
		copy(lengths[144:256], bytes.Repeat([]byte{9}, 112))
		copy(lengths[256:280], bytes.Repeat([]byte{7}, 24))
		return z.codes(newCode(lengths), newCode(bytes.Repeat([]byte{5}, 30)))
	case 2:
		return z.dynamic()
	}
	return errors.New("block of kind 3")
}

// take returns the next n bits.
func (z *inflater) take(n int) (v int) {
	for i := range n {
		at := z.bit / 8
		if int(at) >= len(z.src) {
			panic(errEnd)
		}
		v |= int(z.src[at]>>(z.bit%8)&1) << i
		z.bit++
	}
	return v
}

func (z *inflater) stored() error {
	z.bit = (z.bit + 7) &^ 7
	n := z.take(16)
	if z.take(16) != n^0xffff {
		return errors.New("length of a stored block")
	}
	for range n {
		z.out = append(z.out, byte(z.take(8)))
	}
	return nil
}

func (z *inflater) dynamic() error {
	literals, distances, n := z.take(5)+257, z.take(5)+1, z.take(4)+4
	var order [19]byte
	for _, symbol := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}[:n] {
		order[symbol] = byte(z.take(3))
	}
	c := newCode(order[:])
	var lengths []byte
	for len(lengths) < literals+distances {
		symbol, err := z.symbol(c)
		switch {
		case err != nil:
			return err
		case symbol < 16:
			lengths = append(lengths, byte(symbol))
		case symbol == 16 && len(lengths) == 0:
			return errors.New("nothing to repeat")
		case symbol == 16:
			lengths = append(lengths, bytes.Repeat(lengths[len(lengths)-1:], 3+z.take(2))...)
		case symbol == 17:
			lengths = append(lengths, make([]byte, 3+z.take(3))...)
		default:
			lengths = append(lengths, make([]byte, 11+z.take(7))...)
		}
	}
	return z.codes(newCode(lengths[:literals]), newCode(lengths[literals:]))
}

// codes reads the rest of a block.
func (z *inflater) codes(literals, distances *code) error {
	for {
		symbol, err := z.symbol(literals)
		switch {
		case err != nil:
			return err
		case symbol < 256:
			z.out = append(z.out, byte(symbol))
			continue
		case symbol == 256:
			return nil
		}
		length := z.length(symbol - 257)
		if symbol, err = z.symbol(distances); err != nil {
			return err
		}
		distance := z.distance(symbol)
		if distance > z.window || distance > len(z.out) {
			return fmt.Errorf("distance %d behind %d bytes with a window of %d", distance, len(z.out), z.window)
		}
		for range length {
			z.out = append(z.out, z.out[len(z.out)-distance])
		}
	}
}

func (z *inflater) length(n int) int {
	switch {
	case n < 8:
		return 3 + n
	case n == 28:
		return 258
	}
	extra := n/4 - 1
	return 3 + (4+n%4)<<extra + z.take(extra)
}

func (z *inflater) distance(n int) int {
	if n < 4 {
		return 1 + n
	}
	extra := n/2 - 1
	return 1 + (2+n%2)<<extra + z.take(extra)
}

// code is a canonical Huffman code: how many codes there are of each length, and
// their symbols in the order of the codes.
type code struct {
	count   [16]int
	symbols []int
}

func newCode(lengths []byte) *code {
	c := new(code)
	for n := byte(1); n < 16; n++ {
		for symbol, length := range lengths {
			if length == n {
				c.count[n]++
				c.symbols = append(c.symbols, symbol)
			}
		}
	}
	return c
}

func (z *inflater) symbol(c *code) (int, error) {
	value, first, index := 0, 0, 0
	for _, count := range c.count[1:] {
		value |= z.take(1)
		if value-first < count {
			return c.symbols[index+value-first], nil
		}
		index, first, value = index+count, (first+count)<<1, value<<1
	}
	return 0, errors.New("no such code")
}

// The decoder judges others, so it is held against that of the standard library.
func TestInflater(t *testing.T) {
	t.Parallel()
	for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, level)
		if err != nil {
			t.Fatal(err)
		}
		z := inflater{window: 32 << 10}
		for i := range 3 { // with takeover
			b.Reset()
			want := htmlCorpus.message(i, 40<<10).Payload
			if _, err := w.Write([]byte(want)); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			got, err := z.inflate(b.Bytes())
			if err != nil || string(got) != want {
				t.Errorf("level %d, message %d: %d bytes of %d, %v", level, i, len(got), len(want), err)
			}
		}
	}
}

func TestInflaterRefusesWhatIsTooFarBack(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	far := "something to find again" + strings.Repeat("0123456789abcdef", 32)
	if _, err := w.Write([]byte(far + far)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	for window, ok := range map[int]bool{1 << 9: false, 1 << 10: true} {
		z := inflater{window: window}
		if _, err := z.inflate(b.Bytes()); (err == nil) != ok {
			t.Errorf("window %d: %v", window, err)
		}
	}
}
