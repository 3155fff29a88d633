package deflate

import (
	"bytes"
	"testing"
)

func TestFirst(t *testing.T) {
	src := bytes.Repeat([]byte("hello world "), 100)
	b, err := Inflate(nil, AppendMessage(nil, src), 10000)
	if err != nil || !bytes.Equal(b, src) {
		t.Fatal(err, len(b))
	}
	b, err = Inflate(nil, Finish(AppendStored(AppendBlocks(nil, src), src)), 10000)
	if err != nil || !bytes.Equal(b, append(src, src...)) {
		t.Fatal(err, len(b))
	}
}
