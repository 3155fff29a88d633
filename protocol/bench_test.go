package protocol

import (
	"bytes"
	"fmt"
	"testing"
)

// benchmarkParse parses stream, which holds count commands, over and over.
func benchmarkParse(b *testing.B, stream []byte, count int) {
	b.Helper()
	p := Parser{Limits: Limits{Headers: true}}
	var op Op
	b.SetBytes(int64(len(stream) / count))
	b.ReportAllocs()
	rest := stream
	for b.Loop() {
		n, err := p.Next(rest, &op)
		if n == 0 {
			b.Fatalf("nothing parsed: %v", err)
		}
		if rest = rest[n:]; len(rest) == 0 {
			rest = stream
		}
	}
}

func BenchmarkParsePub(b *testing.B) {
	for _, size := range []int{16, 128, 1024} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			msg := AppendPub(nil, "orders.eu.new", "", make([]byte, size))
			benchmarkParse(b, bytes.Repeat(msg, 64), 64)
		})
	}
}

func BenchmarkParsePubReply(b *testing.B) {
	msg := AppendPub(nil, "orders.eu.new", "_INBOX.abcdefghijklmnopqrstuv.1", make([]byte, 128))
	benchmarkParse(b, bytes.Repeat(msg, 64), 64)
}

func BenchmarkParseHPub(b *testing.B) {
	header := []byte("NATS/1.0\r\nName: value\r\n\r\n")
	msg := AppendHPub(nil, "orders.eu.new", "", header, make([]byte, 128))
	benchmarkParse(b, bytes.Repeat(msg, 64), 64)
}

func BenchmarkParseSub(b *testing.B) {
	msg := AppendSub(nil, "orders.*.new", "workers", "17")
	benchmarkParse(b, bytes.Repeat(msg, 64), 64)
}

func BenchmarkParsePing(b *testing.B) {
	benchmarkParse(b, bytes.Repeat(AppendPing(nil), 64), 64)
}

// BenchmarkParseByteAtATime delivers a message one byte at a time; ns/op is
// per byte.
func BenchmarkParseByteAtATime(b *testing.B) {
	msg := AppendPub(nil, "orders.eu.new", "", make([]byte, 1024))
	var p Parser
	var op Op
	b.ReportAllocs()
	have := 0
	for b.Loop() {
		have++
		n, err := p.Next(msg[:have], &op)
		if err != nil {
			b.Fatal(err)
		}
		if n > 0 {
			have = 0
		}
	}
}

func BenchmarkAppendMsg(b *testing.B) {
	payload := make([]byte, 128)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendMsg(buf[:0], "orders.eu.new", "17", "", payload)
	}
}

func BenchmarkAppendMsgForward(b *testing.B) {
	pub := AppendPub(nil, "orders.eu.new", "", make([]byte, 128))
	var p Parser
	var op Op
	if _, err := p.Next(pub, &op); err != nil {
		b.Fatal(err)
	}
	var buf []byte
	sid := []byte("17")
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendMsgHead(buf[:0], op.Subject)
		buf = append(buf, sid...)
		buf = append(buf, ' ')
		buf = append(buf, op.Tail...)
	}
}
