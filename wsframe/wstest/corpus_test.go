package wstest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// corpusSize is how much there is to take messages from.
const corpusSize = 256 << 10

// A corpus is something to compress.
type corpus struct {
	op   wsframe.Opcode
	text func() string
}

// newCorpus returns what write writes, again and again.
func newCorpus(op wsframe.Opcode, write func(*strings.Builder, *rand.Rand)) *corpus {
	return &corpus{op, sync.OnceValue(func() string {
		var b strings.Builder
		r := rand.New(rand.NewPCG(1, 2))
		for b.Len() < corpusSize {
			write(&b, r)
		}
		return b.String()
	})}
}

// words are a German text's.
var words = strings.Fields(`Es war in einer regnerischen Nacht, als der alte Müller über die Brücke fuhr und
	hörte, daß jemand leise seinen Namen rief. Größer als die Angst war die Neugier; so kehrte er um, führte das müde
	Pferd am Zügel zurück und fand unter den Weiden nichts außer einem Schlüssel, drei Münzen und einem Brief ohne Anschrift.`)

func word(r *rand.Rand) string { return words[r.IntN(len(words))] }

var (
	jsonCorpus = newCorpus(wsframe.Text, func(b *strings.Builder, r *rand.Rand) {
		fmt.Fprintf(b, `{"id":%d,"user":{"name":"%c%d","active":%t},"score":%.4f,"tags":["t%d","t%d"],"at":"2026-11-%02dT%02d:00:00Z"},`+"\n",
			r.IntN(1e6), 'a'+r.IntN(26), r.IntN(1e4), r.IntN(2) == 0, r.Float64(), r.IntN(9), r.IntN(9), 1+r.IntN(28), r.IntN(24))
	})
	// A line of a gradient with some noise, four bytes a pixel.
	bitmapCorpus = newCorpus(wsframe.Binary, func(b *strings.Builder, r *rand.Rand) {
		line := byte(b.Len() >> 10)
		for x := range 256 {
			b.Write([]byte{line, byte(x), byte(r.IntN(4)), 0xff})
		}
	})
	germanCorpus = newCorpus(wsframe.Text, func(b *strings.Builder, r *rand.Rand) {
		b.WriteString(word(r))
		b.WriteByte(" \n"[min(r.IntN(12)/11, 1)])
	})
	htmlCorpus = newCorpus(wsframe.Text, func(b *strings.Builder, r *rand.Rand) {
		fmt.Fprintf(b, "<tr class=\"row%d\"><td><a href=\"/item/%d\" title=\"%s\">%s</a></td><td>%d.%02d &euro;</td></tr>\n",
			r.IntN(2), r.IntN(1e5), word(r), word(r), r.IntN(100), r.IntN(100))
	})
	// Objects of a few words each, around streams that are compressed already.
	pdfCorpus = newCorpus(wsframe.Binary, func(b *strings.Builder, r *rand.Rand) {
		n := 100 + r.IntN(2000)
		fmt.Fprintf(b, "%d 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n", r.IntN(500), 8*n)
		for range n {
			b.Write(binary.BigEndian.AppendUint64(nil, r.Uint64()))
		}
		b.WriteString("\nendstream\nendobj\n")
	})
)

// trimmed is s without what it has of a character at either end.
func trimmed(s string) string {
	for len(s) > 0 && !utf8.RuneStart(s[0]) {
		s = s[1:]
	}
	for n := len(s) - 1; n >= 0 && n > len(s)-utf8.UTFMax; n-- {
		if utf8.RuneStart(s[n]) {
			if !utf8.ValidString(s[n:]) {
				s = s[:n]
			}
			break
		}
	}
	return s
}
