package flate

import (
	"bytes"
	stdflate "compress/flate"
	"io"
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
	e, m := new(Encoder), new(Matcher)
	for name, want := range samples() {
		message := encode(e, m, want, WindowSize)
		if got := inflateOthers(t, message, nil); !bytes.Equal(got, want) {
			t.Errorf("%s: others read %d bytes of %d", name, len(got), len(want))
		}
		got, err := inflateAll(new(Decoder), [][]byte{message}, nil, len(want), len(want))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, %d bytes of %d", name, err, len(got), len(want))
		}
		t.Logf("%s: %d -> %d, klauspost %d", name, len(want), len(message), len(deflateKlauspost(t, want)))
	}
}

func deflateKlauspost(t testing.TB, src []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := kflate.NewWriter(&b, 1)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(src)
	w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte(streamTail))
}
