package load

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

func TestDocumentsAreJSONOfTheRightLength(t *testing.T) {
	t.Parallel()
	for _, size := range []int{minDocument, 128, 399, 400, 1 << 10, 4 << 10} {
		d, err := newDocuments(size)
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for n := range d.variety() {
			doc := d.append(nil, n)
			if len(doc) != size || !json.Valid(doc) {
				t.Fatalf("%d bytes instead of %d, or no JSON: %s", len(doc), size, doc)
			}
			seen[string(doc)] = true
		}
		if len(seen) != d.variety() || d.variety()*size < documentBytes {
			t.Errorf("%d bytes: %d different ones of %d", size, len(seen), d.variety())
		}
	}
}

func TestDocumentsAreTheSameEveryTime(t *testing.T) {
	t.Parallel()
	var runs [2][]byte
	for i := range runs {
		d, err := newDocuments(1 << 10)
		if err != nil {
			t.Fatal(err)
		}
		runs[i] = bytes.Join(d.texts, nil)
	}
	if !bytes.Equal(runs[0], runs[1]) {
		t.Error("two runs made different documents")
	}
}

func TestNoDocumentIsTooShort(t *testing.T) {
	t.Parallel()
	if _, err := newDocuments(minDocument - 1); err == nil {
		t.Error("no error")
	}
}

func TestContentStamps(t *testing.T) {
	t.Parallel()
	docs, err := newDocuments(128)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]content{"letters": letters(128), "documents": docs} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const stride = 150
			first, second := c.variety()-1, c.variety() // the second is the first again
			b := make([]byte, stride, 2*stride)
			copy(b, c.append(nil, first))
			b = c.append(b, second)
			now := int64(3*time.Hour + 5*time.Microsecond)
			c.stampAll(b, stride, now, int64(first))
			for i, payload := range [][]byte{b[:128], b[stride:]} {
				at, seq := c.stampOf(payload)
				if at != now || seq != int64(first+i) {
					t.Errorf("payload %d: written %d as number %d, want %d, %d", i, at, seq, now, first+i)
				}
				if !matches(c, payload, seq) {
					t.Errorf("payload %d is not recognised", i)
				}
				payload[127] ^= 1
				if matches(c, payload, seq) {
					t.Errorf("payload %d is recognised although it was altered", i)
				}
			}
		})
	}
	if matches(docs, docs.append(nil, 1), 2) {
		t.Error("one document is taken for another")
	}
}

func TestBatchRepeatsDocumentsInTheirOrder(t *testing.T) {
	t.Parallel()
	docs, err := newDocuments(128)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBatch([]string{"a"}, docs)
	if err != nil {
		t.Fatal(err)
	}
	if b.total%docs.variety() != 0 {
		t.Errorf("%d commands of %d documents", b.total, docs.variety())
	}
	last := b.total - 1
	command := b.stamped(last, 1, 0, int64(last))
	if !matches(docs, command[b.payload:b.payload+128], int64(last)) {
		t.Errorf("command %d is %q", last, command)
	}
}
