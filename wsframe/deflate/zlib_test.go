package deflate

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// readWithZlib reads lines of window bits, a message and its contents, all in
// hexadecimal, and fails if zlib makes anything else of the message. It gives
// zlib little room at a time, which makes it look into its window for whatever
// is further back: unlike the decoders of Go it has no larger one than it was
// told.
const readWithZlib = `
import sys, zlib
for line in sys.stdin:
    bits, message, want = line.rstrip("\n").split(" ")
    z = zlib.decompressobj(wbits=-int(bits))
    got, message = [], bytes.fromhex(message) + b"\x00\x00\xff\xff"
    while True:
        part = z.decompress(message, 100)
        message = z.unconsumed_tail
        got.append(part)
        if not message and len(part) < 100:
            break
    if b"".join(got) != bytes.fromhex(want):
        sys.exit("window %s: %d bytes do not come back" % (bits, len(want) // 2))
`

func TestZlibReadsOurMessages(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3, whose zlib is asked")
	}
	var in bytes.Buffer
	for bits := Window(8); bits <= MaxWindow; bits++ {
		for _, c := range contents() {
			c = c[:min(len(c), 70_000)]
			fmt.Fprintln(&in, int(bits), hex.EncodeToString(bits.AppendMessage(nil, c)), hex.EncodeToString(c))
		}
	}
	cmd := exec.Command(python, "-c", readWithZlib)
	cmd.Stdin = &in
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "No module named") {
			t.Skip("this python3 has no zlib")
		}
		t.Errorf("%v\n%s", err, out)
	}
}
