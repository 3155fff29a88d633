package protocol

import (
	"bytes"
	"slices"
	"testing"
)

// seen is an Op that has outlived its buffer.
type seen struct {
	Kind                                     Kind
	Max                                      int
	Subject, Reply, Queue, SID               string
	Size, HdrSize, Arg, Header, Payload, Msg string
	Tail                                     string
}

func snapshot(op *Op) seen {
	return seen{
		Kind: op.Kind, Max: op.Max,
		Subject: string(op.Subject), Reply: string(op.Reply), Queue: string(op.Queue), SID: string(op.SID),
		Size: string(op.Size), HdrSize: string(op.HdrSize), Arg: string(op.Arg),
		Header: string(op.Header), Payload: string(op.Payload), Msg: string(op.Msg),
		Tail: string(op.Tail),
	}
}

// feed hands the pieces to p as a connection would, in a buffer that is
// somewhere else after each of them. It returns the commands, the bytes left
// over and the error that ended it.
func feed(t testing.TB, p *Parser, pieces ...[]byte) (ops []seen, rest []byte, err error) {
	t.Helper()
	var op Op
	for _, piece := range pieces {
		buf := slices.Concat(rest, piece)
		for i := range rest {
			rest[i] = '#' // whoever still looks at the old place will notice
		}
		rest = buf
		for len(rest) > 0 {
			n, err := p.Next(rest, &op)
			if err != nil {
				if n != 0 {
					t.Fatalf("Next returned %d bytes together with %v", n, err)
				}
				return ops, rest, err
			}
			if n == 0 {
				checkIncomplete(t, p, rest)
				break
			}
			if n < 0 || n > len(rest) || p.Need() != 0 {
				t.Fatalf("Next consumed %d of %d bytes, Need %d", n, len(rest), p.Need())
			}
			ops = append(ops, snapshot(&op))
			rest = rest[n:]
		}
	}
	return ops, rest, nil
}

// checkIncomplete checks the bound on what an incomplete command makes the
// caller keep.
func checkIncomplete(t testing.TB, p *Parser, rest []byte) {
	t.Helper()
	line := len("CONNECT") + 2*p.maxControlLine() + len(crlf)
	if need := p.Need(); need != 0 {
		if len(rest) >= need {
			t.Fatalf("Next wants more than the %d bytes it has, but needs %d", len(rest), need)
		}
		if limit := p.maxPayload(); limit >= 0 && need > line+limit+len(crlf) {
			t.Fatalf("Next needs %d bytes, over the limits", need)
		}
		return
	}
	if len(rest) > line {
		t.Fatalf("Next is still patient after %d bytes of one line", len(rest))
	}
}

// bytewise cuts stream into pieces of one byte.
func bytewise(stream []byte) (pieces [][]byte) {
	for i := range stream {
		pieces = append(pieces, stream[i:i+1])
	}
	return pieces
}

// manyPing is a stream of n PINGs.
func manyPing(n int) []byte { return bytes.Repeat([]byte("PING\r\n"), n) }
