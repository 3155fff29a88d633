package wsframe

import "testing"

// The examples of RFC 6455 section 5.7.
func TestFramesAsInTheRFC(t *testing.T) {
	t.Parallel()
	hello := []byte("Hello")
	long := make([]byte, 256)
	rows := []struct {
		name string
		got  []byte
		want string
	}{
		{"unmasked text", AppendFrame(nil, Text, hello), "\x81\x05Hello"},
		{"masked text", AppendMasked(nil, Text, testKey, hello), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{"first of two", AppendFragment(nil, Text, false, false, hello[:3]), "\x01\x03Hel"},
		{"second of two", AppendFragment(nil, Continuation, true, false, hello[3:]), "\x80\x02lo"},
		{"ping", AppendFrame(nil, Ping, hello), "\x89\x05Hello"},
		{"masked pong", AppendMasked(nil, Pong, testKey, hello), "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{"256 bytes", AppendFrame(nil, Binary, long)[:4], "\x82\x7e\x01\x00"},
		{"64 KiB", AppendFrame(nil, Binary, make([]byte, 65536))[:10], "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
		{"compressed", AppendFragment(nil, Text, true, true, []byte("\xf2\x48\xcd\xc9\xc9\x07\x00")), "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"},
		{"masked fragment", AppendMaskedFragment([]byte("x"), Text, false, true, testKey, hello), "x\x41\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
	}
	for _, row := range rows {
		if string(row.got) != row.want {
			t.Errorf("%s: %q, want %q", row.name, row.got, row.want)
		}
	}
	if string(hello) != "Hello" {
		t.Errorf("masking changed the payload: %q", hello)
	}
}
