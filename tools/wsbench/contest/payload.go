package contest

import (
	"bytes"
	"compress/flate"
	"fmt"
	"math/rand/v2"
)

// variants is how many different messages a benchmark goes round in where their
// text matters, so that no compressor is measured on what the branch predictor
// knows by heart.
const variants = 16

// noise returns n bytes that mean nothing.
func noise(n int) []byte {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// documents returns JSON documents of exactly size bytes: readings of the kind
// that a device sends, a few of them in each, about as alike as such things are.
func documents(size int) [][]byte {
	docs := make([][]byte, variants)
	for i := range docs {
		docs[i] = document(size, uint64(i))
	}
	return docs
}

func document(size int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(4, seed))
	places := []string{"roof", "basement", "hall", "yard", "lab-2"}
	var b []byte
	b = fmt.Appendf(b, `{"site":"s-%04d","readings":[`, r.IntN(1e4))
	for first := true; ; first = false {
		var item []byte
		if !first {
			item = append(item, ',')
		}
		item = fmt.Appendf(item, `{"id":%d,"place":%q,"temp":%.2f,"hum":%.1f,"ok":%t}`,
			r.IntN(1e6), places[r.IntN(len(places))], 15+10*r.Float64(), 30+40*r.Float64(), r.IntN(9) > 0)
		// The last string makes up for what is missing: {"note":"..."}
		if len(b)+len(item)+len(`],"note":""}`) > size {
			break
		}
		b = append(b, item...)
	}
	b = append(b, `],"note":"`...)
	for len(b) < size-2 {
		b = append(b, "abcdefghijklmnopqrstuvwxyz"[r.IntN(26)])
	}
	return append(b, `"}`...)
}

// deflated returns b as the payload of a compressed message. The compressor is
// the standard library's, whose blocks are most like those of zlib, which
// browsers use.
func deflated(b []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{0, 0, 0xff, 0xff})
}
