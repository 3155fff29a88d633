package load

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// The stamp of a document is its first two members, in decimal digits, whose number never changes:
//
//	{"seq":1000000042,"at":1000000123456,
//
// with the time in microseconds. Both start at a power of ten.
const (
	documentSeqBase = 1_000_000_000
	documentAtBase  = 1_000_000_000_000
	documentSeqAt   = len(`{"seq":`)
	documentTimeAt  = documentSeqAt + len("1000000000") + len(`,"at":`)
	documentStamp   = documentTimeAt + len("1000000000000") + len(`,`)
)

// minDocument is the shortest document, in bytes.
const minDocument = 100

// documentBytes is how much of different documents there is before they repeat: more than a
// compressor of the usual kind looks back, so that it never meets the same document twice.
const documentBytes = 128 << 10

// documents are payloads as applications send them: JSON objects with the same members and
// different values. Small ones are readings of a sensor, larger ones orders with as many items as
// fit. They are the same in every run.
type documents struct {
	length int
	texts  [][]byte
}

// newDocuments makes documents of the given length.
func newDocuments(length int) (*documents, error) {
	if length < minDocument {
		return nil, fmt.Errorf("no document has only %d bytes", length)
	}
	d := &documents{length: length}
	rnd := rand.New(rand.NewPCG(7, uint64(length)))
	for range max(16, (documentBytes+length-1)/length) {
		d.texts = append(d.texts, d.compose(rnd))
	}
	return d, nil
}

func (d *documents) size() int    { return d.length }
func (*documents) stampSize() int { return documentStamp }
func (d *documents) variety() int { return len(d.texts) }

func (d *documents) append(dst []byte, n int) []byte {
	return append(dst, d.texts[n%len(d.texts)]...)
}

func (*documents) stampAll(b []byte, stride int, now, seq int64) {
	for at := 0; at < len(b); at += stride {
		doc := b[at:]
		strconv.AppendInt(doc[documentSeqAt:documentSeqAt], documentSeqBase+seq, 10)
		strconv.AppendInt(doc[documentTimeAt:documentTimeAt], documentAtBase+now/int64(time.Microsecond), 10)
		seq++
	}
}

func (*documents) stampOf(payload []byte) (now, seq int64) {
	seq = decimal(payload[documentSeqAt:]) - documentSeqBase
	now = decimal(payload[documentTimeAt:]) - documentAtBase
	return now * int64(time.Microsecond), seq
}

// decimal reads the digits at the start of b.
func decimal(b []byte) (n int64) {
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

// Words that the documents are made of.
var (
	products = []string{"Bergamot tea", "Brass hinge", "Copper wire 2.5 mm", "Desk lamp", "Espresso cup", "Felt slippers", "Garden hose", "Linen shirt", "Oak board", "Paper A4", "Rye flour", "Wool blanket"}
	cities   = []string{"Aarhus", "Bologna", "Dunedin", "Gdańsk", "Kyoto", "León", "Lyon", "Malmö", "Porto", "Tartu", "Valparaíso", "Zürich"}
	names    = []string{"Ada", "Björn", "Carmen", "Dmitri", "Elif", "Farid", "Grace", "Hana", "Ivo", "Jun", "Katarína", "Luis"}
	families = []string{"Andersson", "Bianchi", "Costa", "Dvořák", "Eriksen", "Fischer", "García", "Haddad", "Ito", "Jansen"}
	states   = []string{"created", "paid", "packed", "shipped", "delivered", "returned"}
	remarks  = []string{"please", "ring", "the", "bell", "twice", "leave", "with", "neighbour", "at", "door", "before", "noon", "after", "call", "first", "fragile", "gift", "wrap", "no", "invoice", "inside"}
)

func pick(rnd *rand.Rand, from []string) string { return from[rnd.IntN(len(from))] }

// compose writes one document.
func (d *documents) compose(rnd *rand.Rand) []byte {
	doc := fmt.Appendf(nil, `{"seq":%d,"at":%d,`, documentSeqBase, documentAtBase)
	if d.length < 400 {
		doc = fmt.Appendf(doc, `"sensor":"hall-%02d","t":%.2f,"rh":%.1f,`, rnd.IntN(40), 15+10*rnd.Float64(), 30+40*rnd.Float64())
	} else {
		doc = d.appendOrder(doc, rnd)
	}
	return d.close(doc, rnd)
}

// appendOrder appends the members of an order, leaving room for a remark.
func (d *documents) appendOrder(doc []byte, rnd *rand.Rand) []byte {
	doc = fmt.Appendf(doc, `"type":"order.%s","id":"%08x-%04x","customer":{"id":%d,"name":"%s %s","city":"%s","since":"20%02d-%02d-%02d"},"items":[`,
		pick(rnd, states), rnd.Uint32(), rnd.IntN(1<<16), rnd.IntN(1_000_000), pick(rnd, names), pick(rnd, families), pick(rnd, cities),
		rnd.IntN(26), 1+rnd.IntN(12), 1+rnd.IntN(28))
	const remark = 160
	for n := 0; n == 0 || len(doc) < d.length-remark; n++ {
		if n > 0 {
			doc = append(doc, ',')
		}
		doc = fmt.Appendf(doc, `{"sku":"%c%c-%05d","name":"%s","quantity":%d,"price":%d.%02d,"currency":"EUR","stock":%t}`,
			'A'+rnd.IntN(26), 'A'+rnd.IntN(26), rnd.IntN(100_000), pick(rnd, products), 1+rnd.IntN(12), rnd.IntN(300), rnd.IntN(100), rnd.IntN(4) > 0)
	}
	return append(doc, "],"...)
}

// close ends the document with a remark that makes it exactly as long as it has to be.
func (d *documents) close(doc []byte, rnd *rand.Rand) []byte {
	const end = `"}`
	doc = append(doc, `"remark":"`...)
	for len(doc) < d.length-len(end) {
		doc = append(doc, pick(rnd, remarks)...)
		doc = append(doc, ' ')
	}
	return append(doc[:d.length-len(end)], end...)
}
