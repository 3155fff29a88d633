package wstest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// Category 9: sizes and counts.

const kib, mib = 1 << 10, 1 << 20

func limitCases() (all []testCase) {
	for i, op := range []wsframe.Opcode{wsframe.Text, wsframe.Binary} {
		id := func(group, n int) string { return fmt.Sprintf("9.%d.%d", group+i, n+1) }
		for n, size := range []int{64 * kib, 256 * kib, mib, 4 * mib, 8 * mib, 16 * mib} {
			all = append(all, large(id(1, n), op, size, 0, whole))
		}
		for n, fragment := range []int{64, 256, kib, 4 * kib, 16 * kib, 64 * kib, 256 * kib, mib, 4 * mib} {
			all = append(all, large(id(3, n), op, 4*mib, fragment, whole))
		}
		for n, c := range []chop{64, 128, 256, 512, 1024, 2048} {
			all = append(all, large(id(5, n), op, mib, 0, c))
		}
		for n, size := range []int{0, 16, 64, 256, kib, 4 * kib} {
			all = append(all, roundTrips(id(7, n), op, size))
		}
	}
	return all
}

// filled is a message of so many bytes: text is something else than binary.
func filled(op wsframe.Opcode, size int) Frame {
	const text = "BAsd7&jh23-µ€/" // 17 bytes
	if op == wsframe.Text {
		n := size / len(text)
		return Text(strings.Repeat(text, n) + strings.Repeat("*", size-n*len(text)))
	}
	return Binary(strings.Repeat("\x00\xfe\xff\x7f", size/4))
}

// large sends one large message, cut into fragments if that is not 0.
func large(id string, op wsframe.Opcode, size, fragment int, c chop) testCase {
	return scripted(id, func() ([]step, ending) {
		if short() {
			size = min(size, mib)
		}
		f := filled(op, size)
		send := list(f)
		if fragment > 0 {
			send = Fragments(f, fragment)
		}
		return []step{{send, c, list(f)}}, asked
	})
}

func short() bool { return testing.Short() || raceEnabled }

// shortly is n, or less if time is short.
func shortly(n int) int {
	if short() {
		return max(n/10, 1)
	}
	return n
}

// roundTrips sends a message when the one before has come back.
func roundTrips(id string, op wsframe.Opcode, size int) testCase {
	return testCase{id: id, play: func(p *Peer) error {
		f := filled(op, size)
		for range shortly(1000) {
			if err := p.Send(f); err != nil {
				return err
			}
			if err := p.Expect(f); err != nil {
				return err
			}
		}
		return closeNormally(p)
	}}
}
