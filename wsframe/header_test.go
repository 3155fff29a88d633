package wsframe

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// headers are headers and their bytes, as RFC 6455 section 5.2 draws them.
var headers = []struct {
	name   string
	header Header
	bytes  string
}{
	{"10 bytes of text", Header{Fin: true, Opcode: Text, Length: 10}, "\x81\x0a"},
	{"200 bytes", Header{Fin: true, Opcode: Binary, Length: 200}, "\x82\x7e\x00\xc8"},
	{"70000 bytes", Header{Fin: true, Opcode: Binary, Length: 70000}, "\x82\x7f\x00\x00\x00\x00\x00\x01\x11\x70"},
	{"longest in 7 bits", Header{Fin: true, Opcode: Binary, Length: 125}, "\x82\x7d"},
	{"shortest in 16 bits", Header{Fin: true, Opcode: Binary, Length: 126}, "\x82\x7e\x00\x7e"},
	{"longest in 16 bits", Header{Fin: true, Opcode: Binary, Length: 65535}, "\x82\x7e\xff\xff"},
	{"shortest in 64 bits", Header{Fin: true, Opcode: Binary, Length: 65536}, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
	{"longest in 64 bits", Header{Fin: true, Opcode: Binary, Length: math.MaxInt64}, "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"},
	{"first fragment", Header{Opcode: Text, Length: 1}, "\x01\x01"},
	{"continuation", Header{Opcode: Continuation, Length: 1}, "\x00\x01"},
	{"last fragment", Header{Fin: true, Opcode: Continuation}, "\x80\x00"},
	{"compressed", Header{Fin: true, RSV1: true, Opcode: Binary}, "\xc2\x00"},
	{"all reserved", Header{RSV1: true, RSV2: true, RSV3: true, Opcode: 15}, "\x7f\x00"},
	{"ping", Header{Fin: true, Opcode: Ping}, "\x89\x00"},
	{"masked", Header{Fin: true, Opcode: Text, Masked: true, Key: testKey, Length: 10}, "\x81\x8a\x37\xfa\x21\x3d"},
	{"masked, 16 bits", Header{Fin: true, Opcode: Text, Masked: true, Key: testKey, Length: 200}, "\x81\xfe\x00\xc8\x37\xfa\x21\x3d"},
	{"masked, 64 bits", Header{Fin: true, Opcode: Text, Masked: true, Key: testKey, Length: 70000}, "\x81\xff\x00\x00\x00\x00\x00\x01\x11\x70\x37\xfa\x21\x3d"},
}

func TestHeaderBytes(t *testing.T) {
	t.Parallel()
	for _, row := range headers {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := string(AppendHeader([]byte("x"), row.header)); got != "x"+row.bytes {
				t.Errorf("AppendHeader = %q, want %q behind x", got, row.bytes)
			}
			if n := int(row.header.Length); n >= 0 { // on 32 bits there is no such payload
				if got := HeaderSize(n, row.header.Masked); got != len(row.bytes) {
					t.Errorf("HeaderSize = %d, want %d", got, len(row.bytes))
				}
			}
			got, n, err := ParseHeader([]byte(row.bytes + "payload"))
			if d := cmp.Diff(row.header, got); d != "" || n != len(row.bytes) || err != nil {
				t.Errorf("ParseHeader: n = %d, err = %v (-want +got):\n%s", n, err, d)
			}
			for short := range len(row.bytes) {
				if h, n, err := ParseHeader([]byte(row.bytes[:short])); n != 0 || err != nil || h != (Header{}) {
					t.Errorf("ParseHeader of %d bytes = %+v, %d, %v", short, h, n, err)
				}
			}
		})
	}
}

func TestHeaderOfImpossibleLength(t *testing.T) {
	t.Parallel()
	for _, b := range []string{"\x82\xff\x80", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"} {
		var wrong *Error
		if _, _, err := ParseHeader([]byte(b)); !errors.As(err, &wrong) || wrong.Code != StatusProtocolError {
			t.Errorf("ParseHeader(%q): %v", b, err)
		}
	}
}

func TestHeaderLengthNeedNotBeMinimal(t *testing.T) {
	t.Parallel()
	for _, b := range []string{"\x82\x7e\x00\x06", "\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x06"} {
		if h, n, err := ParseHeader([]byte(b)); h.Length != 6 || n != len(b) || err != nil {
			t.Errorf("ParseHeader(%q) = %+v, %d, %v", b, h, n, err)
		}
	}
}

func TestOpcodes(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	for _, o := range []Opcode{Continuation, Text, Binary, Close, Ping, Pong, 3} {
		got[o.String()] = o.IsControl()
	}
	want := map[string]bool{"continuation": false, "text": false, "binary": false, "close": true, "ping": true, "pong": true, "opcode 3": false}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("IsControl (-want +got):\n%s", d)
	}
}
