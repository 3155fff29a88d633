package wstest

import (
	"fmt"
	"strings"

	"github.com/dunlin-mq/dunlin/wsframe"
)

// Categories 1 to 5, 7 and 10: frames.

// list makes a list of frames.
func list(f ...Frame) []Frame { return f }

// every125 is as much as a control frame holds.
var every125 = strings.Repeat("\xfe", 125)

func framingCases() (all []testCase) {
	sizes := []int{0, 125, 126, 127, 128, 65535, 65536, 65536}
	for i, n := range sizes {
		chop := whole
		if i == len(sizes)-1 {
			chop = 997
		}
		text, binary := list(Text(strings.Repeat("*", n))), list(Binary(strings.Repeat("\xfe", n)))
		all = append(all,
			plain(fmt.Sprintf("1.1.%d", i+1), chop, text, text, asked),
			plain(fmt.Sprintf("1.2.%d", i+1), chop, binary, binary, asked))
	}
	return all
}

func pingCases() []testCase {
	const bits = "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
	unasked := Pong("unasked")
	var pings, pongs []Frame
	for i := range 10 {
		s := fmt.Sprint("ping ", i)
		pings, pongs = append(pings, Ping(s)), append(pongs, Pong(s))
	}
	return []testCase{
		plain("2.1", whole, list(Ping("")), list(Pong("")), asked),
		plain("2.2", whole, list(Ping("hello")), list(Pong("hello")), asked),
		plain("2.3", whole, list(Ping(bits)), list(Pong(bits)), asked),
		plain("2.4", whole, list(Ping(every125)), list(Pong(every125)), asked),
		plain("2.5", whole, list(Ping(every125+"\xfe")), nil, broken),
		plain("2.6", octets, list(Ping(every125)), list(Pong(every125)), asked),
		plain("2.7", whole, list(Pong("")), nil, asked),
		plain("2.8", whole, list(unasked), nil, asked),
		plain("2.9", whole, list(unasked, Ping("asked")), list(Pong("asked")), asked),
		plain("2.10", whole, pings, pongs, asked),
		plain("2.11", octets, pings, pongs, asked),
	}
}

// hello is a good message before something bad, which has to come back.
var hello = Text("Hello, world!")

func reservedCases() []testCase {
	marked := func(f Frame, rsv byte) Frame {
		f.RSV = rsv
		return f
	}
	return []testCase{
		plain("3.1", whole, list(marked(hello, 1)), nil, broken),
		plain("3.2", whole, list(hello, marked(hello, 2), Ping("")), list(hello), broken),
		plain("3.3", frames, list(hello, marked(hello, 3), Ping("")), list(hello), broken),
		plain("3.4", octets, list(hello, marked(hello, 4), Ping("")), list(hello), broken),
		plain("3.5", whole, list(marked(Binary(every125), 5)), nil, broken),
		plain("3.6", whole, list(marked(Ping("Hello, world!"), 6)), nil, broken),
		plain("3.7", whole, list(marked(Close(1000, ""), 7)), nil, broken),
	}
}

func opcodeCases() (all []testCase) {
	for i := range 5 {
		chop, payload := whole, ""
		var before []Frame
		if i%2 == 1 || i == 4 {
			payload = "reserved opcode"
		}
		if i >= 2 {
			before = list(hello)
		}
		if i == 4 {
			chop = octets
		}
		for j, op := range []wsframe.Opcode{3, 11} {
			bad := Frame{Fin: true, Opcode: op + wsframe.Opcode(i), Payload: payload}
			send := append(before[:len(before):len(before)], bad, Ping(""))
			all = append(all, plain(fmt.Sprintf("4.%d.%d", j+1, i+1), chop, send, before, broken))
		}
	}
	return all
}

// part is a frame of a message in several.
func part(op wsframe.Opcode, fin bool, payload string) Frame {
	return Frame{Fin: fin, Opcode: op, Payload: payload}
}

func fragmentCases() []testCase {
	first, last := part(wsframe.Text, false, "fragment1"), part(wsframe.Continuation, true, "fragment2")
	both, ping, pong := list(Text("fragment1fragment2")), Ping("ping payload"), Pong("ping payload")
	lost, lostOpen := part(wsframe.Continuation, true, "not a continuation"), part(wsframe.Continuation, false, "not a continuation")
	return []testCase{
		plain("5.1", whole, list(part(wsframe.Ping, false, "fragment1"), last), nil, broken),
		plain("5.2", whole, list(part(wsframe.Pong, false, "fragment1"), last), nil, broken),
		plain("5.3", whole, list(first, last), both, asked),
		plain("5.4", frames, list(first, last), both, asked),
		plain("5.5", octets, list(first, last), both, asked),
		plain("5.6", whole, list(first, ping, last), append(list(pong), both...), asked),
		plain("5.7", frames, list(first, ping, last), append(list(pong), both...), asked),
		plain("5.8", octets, list(first, ping, last), append(list(pong), both...), asked),
		plain("5.9", whole, list(lost, hello), nil, broken),
		plain("5.10", frames, list(lost, hello), nil, broken),
		plain("5.11", octets, list(lost, hello), nil, broken),
		plain("5.12", whole, list(lostOpen, hello), nil, broken),
		plain("5.13", frames, list(lostOpen, hello), nil, broken),
		plain("5.14", octets, list(lostOpen, hello), nil, broken),
		plain("5.15", whole, list(first, last, lostOpen, hello), both, broken),
		plain("5.16", whole, list(lostOpen, first, last, lostOpen, first, last), nil, broken),
		plain("5.17", whole, list(lost, first, last, lost, first, last), nil, broken),
		plain("5.18", whole, list(first, part(wsframe.Text, true, "fragment2")), nil, broken),
		scripted("5.19", slowFragments(frames)),
		scripted("5.20", slowFragments(octets)),
	}
}

// slowFragments goes on with a message when the pings within it have been
// answered.
func slowFragments(c chop) script {
	next := func(s string) Frame { return part(wsframe.Continuation, false, s) }
	return func() ([]step, ending) {
		return []step{
			{list(part(wsframe.Text, false, "fragment1"), next("fragment2"), Ping("pongme 1!")), c, list(Pong("pongme 1!"))},
			{list(next("fragment3"), next("fragment4"), Ping("pongme 2!")), c, list(Pong("pongme 2!"))},
			{list(part(wsframe.Continuation, true, "fragment5")), c, list(Text("fragment1fragment2fragment3fragment4fragment5"))},
		}, asked
	}
}

func closeCases() []testCase {
	normal := Close(1000, "")
	reason := func(n int) Frame { return Close(1000, strings.Repeat("*", n)) }
	empty := Frame{Fin: true, Opcode: wsframe.Close}
	big := Text(strings.Repeat("B", 256<<10))
	all := []testCase{
		plain("7.1.1", whole, list(hello), list(hello), asked),
		plain("7.1.2", whole, list(normal, normal), list(normal), gone),
		plain("7.1.3", whole, list(normal, Ping("")), list(normal), gone),
		plain("7.1.4", whole, list(normal, hello), list(normal), gone),
		plain("7.1.5", whole, list(part(wsframe.Text, false, "1"), normal, part(wsframe.Continuation, true, "2")), list(normal), gone),
		plain("7.1.6", whole, list(big, hello, normal, Ping("")), list(big, hello, normal), gone),
		plain("7.3.1", whole, list(empty), list(empty), gone),
		plain("7.3.2", whole, list(Frame{Fin: true, Opcode: wsframe.Close, Payload: "a"}), nil, broken),
		plain("7.3.3", whole, list(normal), nil, goodbyes),
		plain("7.3.4", whole, list(Close(1000, "Hello World!")), list(Close(1000, "Hello World!")), gone),
		plain("7.3.5", whole, list(reason(123)), list(reason(123)), gone),
		plain("7.3.6", whole, list(reason(124)), nil, broken),
		plain("7.5.1", whole, list(Close(1000, "\xce\xba\xed\xa0\x80edited")), nil, notUTF8),
	}
	for i, code := range []wsframe.CloseCode{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		all = append(all, plain(fmt.Sprintf("7.7.%d", i+1), whole, list(Close(code, "")), nil, ending(code)))
	}
	for i, code := range []wsframe.CloseCode{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999} {
		all = append(all, plain(fmt.Sprintf("7.9.%d", i+1), whole, list(Close(code, "")), nil, broken))
	}
	for i, code := range []wsframe.CloseCode{5000, 65535} {
		all = append(all, plain(fmt.Sprintf("7.13.%d", i+1), whole, list(Close(code, "")), nil, broken))
	}
	return all
}

func autoFragmentCases() []testCase {
	text := Text(strings.Repeat("*", 65536))
	return []testCase{plain("10.1.1", frames, Fragments(text, 1300), list(text), asked)}
}
