package flate

import (
	"bytes"
	stdflate "compress/flate"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	kflate "github.com/klauspost/compress/flate"
)

// encode deflates src with the given window, as a message.
func encode(e *Encoder, m *Matcher, src []byte, window int) []byte {
	m.Reset(window)
	return bytes.TrimSuffix(e.Append(nil, m, src, 0), []byte(streamTail))
}

// inflateOthers inflates a message with two other libraries.
func inflateOthers(t *testing.T, message, history []byte) []byte {
	t.Helper()
	full := string(message) + streamTail + "\x03\x00"
	a, err := io.ReadAll(stdflate.NewReaderDict(bytes.NewReader([]byte(full)), history))
	if err != nil {
		t.Fatalf("compress/flate: %v", err)
	}
	b, err := io.ReadAll(kflate.NewReaderDict(bytes.NewReader([]byte(full)), history))
	if err != nil {
		t.Fatalf("klauspost: %v", err)
	}
	if !bytes.Equal(a, b) {
		t.Fatal("compress/flate and klauspost read different things")
	}
	return a
}

func TestEncoderWritesWhatOthersRead(t *testing.T) {
	t.Parallel()
	e, m, d := new(Encoder), new(Matcher), new(Decoder)
	for name, want := range samples() {
		for _, window := range []int{1 << 8, 1 << 12, WindowSize} {
			message := encode(e, m, want, window)
			if got := inflateOthers(t, message, nil); !bytes.Equal(got, want) {
				t.Errorf("%s, window %d: others read %d bytes of %d, or others", name, window, len(got), len(want))
			}
			got, err := inflateAll(d, [][]byte{message}, nil, len(want), len(want))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, window %d: %v, %d bytes of %d", name, window, err, len(got), len(want))
			}
		}
	}
}

func TestEncoderIsAsGoodAsOthers(t *testing.T) {
	t.Parallel()
	e, m := new(Encoder), new(Matcher)
	for _, name := range []string{"json", "kilo", "few", "skewed", "zeros"} {
		src := samples()[name]
		var b bytes.Buffer
		w, err := kflate.NewWriter(&b, kflate.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(src)
		w.Flush()
		// Five per cent, and what a header costs.
		if n, limit := len(encode(e, m, src, WindowSize)), b.Len()*105/100+50; n > limit {
			t.Errorf("%s: %d bytes are %d, want %d at most", name, len(src), n, limit)
		}
	}
}

func TestMatchesStayInTheWindow(t *testing.T) {
	t.Parallel()
	// Few different bytes, so that there are matches at any distance.
	src := samples()["json"]
	e, m := new(Encoder), new(Matcher)
	for window := 1 << 8; window <= WindowSize; window <<= 1 {
		m.Reset(window)
		far := 0
		for from := 0; from < len(src); {
			end := e.find(m, src, from, min(len(src), from+blockSize))
			at := from
			for _, x := range e.matches[:e.n] {
				at += int(x.lit)
				far = max(far, int(x.dist))
				length, dist := int(x.length), int(x.dist)
				if length < minMatch || length > maxMatch || dist < 1 || dist > min(window, at) {
					t.Fatalf("window %d: %d bytes from %d back at %d", window, length, dist, at)
				}
				at += length
			}
			if at > end {
				t.Fatalf("window %d: matches up to %d in a block that ends at %d", window, at, end)
			}
			from = end
		}
		if far <= window/2 {
			t.Errorf("window %d: no match is further back than %d", window, far)
		}
	}
}

func TestMatcherForgets(t *testing.T) {
	t.Parallel()
	e, m := new(Encoder), new(Matcher)
	src := samples()["kilo"]
	want := encode(e, m, src, WindowSize)
	m.base = maxBase - 3*WindowSize // positions are about to begin again
	for i := range 10 {
		if got := encode(e, m, src, WindowSize); !bytes.Equal(got, want) {
			t.Fatalf("message %d differs from the first", i)
		}
	}
	if m.base >= maxBase {
		t.Errorf("base has become %d", m.base)
	}
}

func TestEncoderRefersToHistory(t *testing.T) {
	t.Parallel()
	e, m := new(Encoder), new(Matcher)
	m.Reset(WindowSize)
	src := samples()["json"][:10_000]
	buf := append(bytes.Clone(src), src...)
	first := e.Append(nil, m, buf[:len(src)], 0)
	second := e.Append(nil, m, buf, len(src))
	if len(second)*10 > len(first) {
		t.Errorf("the first time %d bytes, the second time %d", len(first), len(second))
	}
	got := inflateOthers(t, bytes.TrimSuffix(second, []byte(streamTail)), src)
	if !bytes.Equal(got, src) {
		t.Error("comes back different")
	}
	// The buffer loses its first half: what it holds is found all the same.
	m.Slide(len(src))
	buf = append(buf[len(src):], src[:5000]...)
	third := e.Append(nil, m, buf, len(src))
	if len(third)*5 > len(first) {
		t.Errorf("the first time %d bytes, half of it the third time %d", len(first), len(third))
	}
	if got := inflateOthers(t, bytes.TrimSuffix(third, []byte(streamTail)), src); !bytes.Equal(got, src[:5000]) {
		t.Error("comes back different after the buffer has moved")
	}
}

func TestEncoderGoesOnAfterAPart(t *testing.T) {
	t.Parallel()
	e, m := new(Encoder), new(Matcher)
	m.Reset(WindowSize)
	src := samples()["json"]
	b := e.appendParts(nil, m, src, 0, len(src)/5)
	if got := inflateOthers(t, bytes.TrimSuffix(b, []byte(streamTail)), nil); !bytes.Equal(got, src) {
		t.Errorf("%d bytes come back as %d or others", len(src), len(got))
	}
}

func TestPrefixCodes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	fibonacci := make([]uint32, 24) // the deepest tree there is
	fibonacci[0], fibonacci[1] = 1, 1
	for i := 2; i < len(fibonacci); i++ {
		fibonacci[i] = fibonacci[i-1] + fibonacci[i-2]
	}
	tests := map[string][]uint32{
		"none":      {0, 0, 0},
		"one":       {0, 7, 0},
		"two":       {1, 0, 60_000},
		"equal":     slices.Repeat([]uint32{5}, 256),
		"fibonacci": fibonacci,
		"all":       make([]uint32, numLitLen),
		"rare":      make([]uint32, numLitLen),
	}
	for i := range tests["all"] {
		tests["all"][i] = 1 + uint32(r.ExpFloat64()*300)
		tests["rare"][i] = uint32(r.IntN(10) / 9 * r.IntN(5))
	}
	for name, freq := range tests {
		for _, limit := range []uint{9, maxLitBits, maxCodeBits} {
			if limit == 9 && name == "fibonacci" {
				limit = 7
			}
			p := new(prefixCode)
			copy(p.freq[:], freq)
			total := p.build(len(freq), limit)
			sum, bits, used := 0, 0, 0
			for s, f := range freq {
				n := p.codes[s] & codeLenMask
				if (n == 0) != (f == 0) || n > uint32(limit) {
					t.Fatalf("%s, limit %d: symbol %d, seen %d times, has %d bits", name, limit, s, f, n)
				}
				if n > 0 {
					sum += 1 << (limit - uint(n))
					used++
				}
				bits += int(f) * int(n)
			}
			if used > 1 && sum != 1<<limit {
				t.Errorf("%s, limit %d: the code is not complete", name, limit)
			}
			if bits != total {
				t.Errorf("%s, limit %d: %d bits, said to be %d", name, limit, bits, total)
			}
			if limit == maxCodeBits && name != "fibonacci" && bits != huffmanBits(freq) {
				t.Errorf("%s: %d bits, Huffman needs %d", name, bits, huffmanBits(freq))
			}
		}
	}
}

// huffmanBits returns how many bits freq takes with a Huffman code: the sum of
// all inner nodes of its tree.
func huffmanBits(freq []uint32) int {
	var nodes []int
	for _, f := range freq {
		if f > 0 {
			nodes = append(nodes, int(f))
		}
	}
	if len(nodes) == 1 {
		return nodes[0]
	}
	total := 0
	for len(nodes) > 1 {
		slices.Sort(nodes)
		n := nodes[0] + nodes[1]
		total += n
		nodes = append(nodes[2:], n)
	}
	return total
}

func FuzzEncoder(f *testing.F) {
	for _, c := range samples() {
		c = c[:min(len(c), 3000)]
		f.Add(c, uint16(len(c)/2), uint8(3))
	}
	e, m, d := new(Encoder), new(Matcher), new(Decoder)
	f.Fuzz(func(t *testing.T, src []byte, from uint16, bits uint8) {
		m.Reset(1 << (bits%8 + 8))
		i := min(int(from), len(src))
		short := src[:min(i, ShortMax)]
		message := bytes.TrimSuffix(e.AppendShort(nil, short), []byte(streamTail))
		if got := inflateOthers(t, message, nil); !bytes.Equal(got, short) {
			t.Fatalf("short: others read %q, want %q", got, short)
		}
		var history []byte
		for _, part := range [][2]int{{0, i}, {i, len(src)}} {
			message := e.Append(nil, m, src[:part[1]], part[0])
			message = bytes.TrimSuffix(message, []byte(streamTail))
			want := src[part[0]:part[1]]
			if got := inflateOthers(t, message, history); !bytes.Equal(got, want) {
				t.Fatalf("others read %d bytes, want %d or others", len(got), len(want))
			}
			got, err := inflateAll(d, [][]byte{message}, history, len(want), len(want))
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d bytes, want %d or others: %v", len(got), len(want), err)
			}
			if n := len(want) + 6*(len(want)/20_000+1); len(message) > n {
				t.Fatalf("%d bytes became %d", len(want), len(message))
			}
			history = lastBytes(want, WindowSize)
		}
	})
}
