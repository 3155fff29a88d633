package wstest

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// Cases of the Autobahn|Testsuite's categories 1 to 4 and 7, under its numbers,
// in our own words: what is sent, and what comes back until the end.

var maskKey = [4]byte{0xa1, 0x5e, 0x09, 0x77}

// f is a frame that a client sends: op in the low bits, FIN 0x80 and RSV above.
func f(first byte, payload string) string {
	h := []byte{first}
	switch n := len(payload); {
	case n < 126:
		h = append(h, 0x80|byte(n))
	case n < 1<<16:
		h = binary.BigEndian.AppendUint16(append(h, 0x80|126), uint16(n))
	default:
		h = binary.BigEndian.AppendUint64(append(h, 0x80|127), uint64(n))
	}
	h = append(h, maskKey[:]...)
	b := []byte(payload)
	for i := range b {
		b[i] ^= maskKey[i%4]
	}
	return string(append(h, b...))
}

func code(c uint16, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, c)) + reason
}

type conformance struct {
	id   string
	send string
	chop int      // bytes at a time; 0 for all
	want []string // frames that come back, "OPCODE payload"; a close ends the list
}

const (
	text, bin, ping, pong, bye = "\x81", "\x82", "\x89", "\x8a", "\x88"
	fin                        = 0x80
)

func back(opcode, payload string) string { return opcode + payload }

// failed is a close frame with that code, whatever the reason.
func failed(c uint16) string { return bye + code(c, "") }

func cases() []conformance {
	normal, bye1000 := f(fin|8, code(1000, "")), bye+code(1000, "")
	var all []conformance
	add := func(id, send string, chop int, want ...string) {
		all = append(all, conformance{id, send, chop, want})
	}
	sizes := []int{0, 125, 126, 127, 128, 65535, 65536, 65536}
	for i, n := range sizes {
		chop := 0
		if i == 7 {
			chop = 997
		}
		s := strings.Repeat("*", n)
		add(fmt.Sprintf("1.1.%d", i+1), f(fin|1, s)+normal, chop, back(text, s), bye1000)
		s = strings.Repeat("\xfe", n)
		add(fmt.Sprintf("1.2.%d", i+1), f(fin|2, s)+normal, chop, back(bin, s), bye1000)
	}

	p125 := strings.Repeat("\xfe", 125)
	add("2.1", f(fin|9, "")+normal, 0, pong, bye1000)
	add("2.2", f(fin|9, "hello")+normal, 0, back(pong, "hello"), bye1000)
	add("2.3", f(fin|9, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff")+normal, 0, back(pong, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), bye1000)
	add("2.4", f(fin|9, p125)+normal, 0, back(pong, p125), bye1000)
	add("2.5", f(fin|9, p125+"\xfe")+normal, 0, failed(1002))
	add("2.6", f(fin|9, p125)+normal, 1, back(pong, p125), bye1000)
	add("2.7", f(fin|10, "")+normal, 0, bye1000)
	add("2.8", f(fin|10, "unasked")+normal, 0, bye1000)
	add("2.9", f(fin|10, "unasked")+f(fin|9, "asked")+normal, 0, back(pong, "asked"), bye1000)
	var ten string
	var tens []string
	for i := range 10 {
		ten += f(fin|9, fmt.Sprint("ping ", i))
		tens = append(tens, back(pong, fmt.Sprint("ping ", i)))
	}
	add("2.10", ten+normal, 0, append(tens[:10:10], bye1000)...)
	add("2.11", ten+normal, 1, append(tens[:10:10], bye1000)...)

	hello := f(fin|1, "Hello, world!")
	echoed := back(text, "Hello, world!")
	add("3.1", f(fin|0x10|1, "x"), 0, failed(1002))
	for i, rsv := range []byte{0x20, 0x30, 0x40, 0x50} {
		chop := []int{0, 0, 1, 0}[i]
		add(fmt.Sprintf("3.%d", i+2), hello+f(fin|rsv|1, "x")+f(fin|9, ""), chop, echoed, failed(1002))
	}
	add("3.6", f(fin|0x60|2, p125), 0, failed(1002))
	add("3.7", f(fin|0x70|8, code(1000, "")), 0, failed(1002))

	for i := range 5 {
		first := ""
		var want []string
		if i >= 2 {
			first, want = hello, []string{echoed}
		}
		chop := 0
		if i == 3 || i == 4 {
			chop = 1
		}
		add(fmt.Sprintf("4.1.%d", i+1), first+f(fin|byte(3+i), "x")+f(fin|9, ""), chop, append(want, failed(1002))...)
		add(fmt.Sprintf("4.2.%d", i+1), first+f(fin|byte(11+i), "x")+f(fin|9, ""), chop, append(want, failed(1002))...)
	}

	add("7.1.1", hello+normal, 0, echoed, bye1000)
	add("7.1.2", normal+normal, 0, bye1000)
	add("7.1.3", normal+f(fin|9, ""), 0, bye1000)
	add("7.1.4", normal+hello, 0, bye1000)
	add("7.1.5", f(1, "fragment1")+normal+f(fin, "fragment2"), 0, bye1000)
	big := strings.Repeat("B", 256<<10)
	add("7.1.6", f(fin|1, big)+hello+normal+f(fin|9, ""), 0, back(text, big), echoed, bye1000)
	add("7.3.1", f(fin|8, ""), 0, bye)
	add("7.3.2", f(fin|8, "a"), 0, failed(1002))
	add("7.3.3", normal, 0, bye1000)
	add("7.3.4", f(fin|8, code(1000, "Hello World!")), 0, bye+code(1000, "Hello World!"))
	add("7.3.5", f(fin|8, code(1000, strings.Repeat("*", 123))), 0, bye+code(1000, strings.Repeat("*", 123)))
	add("7.3.6", f(fin|8, code(1000, strings.Repeat("*", 124))), 0, failed(1002))
	add("7.5.1", f(fin|8, code(1000, "\xce\xba\xed\xa0\x80")), 0, failed(1007))
	for i, c := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		add(fmt.Sprintf("7.7.%d", i+1), f(fin|8, code(c, "")), 0, bye+code(c, ""))
	}
	for i, c := range []uint16{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999} {
		add(fmt.Sprintf("7.9.%d", i+1), f(fin|8, code(c, "")), 0, failed(1002))
	}
	add("7.13.1", f(fin|8, code(5000, "")), 0, failed(1002))
	add("7.13.2", f(fin|8, code(65535, "")), 0, failed(1002))
	return all
}

func TestConformanceCounts(t *testing.T) {
	t.Parallel()
	got := make(map[string]int)
	for _, c := range cases() {
		category, _, _ := strings.Cut(c.id, ".")
		got[category]++
	}
	if diff := cmp.Diff(map[string]int{"1": 16, "2": 11, "3": 7, "4": 10, "7": 37}, got); diff != "" {
		t.Error(diff)
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	e, err := NewEcho("no-takeover")
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	for _, c := range cases() {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, c.run(t, srv.Listener.Addr().String())); diff != "" {
				t.Errorf("(-want +got)\n%.2000s", diff)
			}
		})
	}
}

// run returns what comes back.
func (c conformance) run(t *testing.T, addr string) (got []string) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	u, err := new(handshake.Dialer).Dial(ctx, "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Conn.Close()
	u.Conn.SetDeadline(time.Now().Add(20 * time.Second))
	go send(u.Conn, c.send, c.chop)
	r := bufio.NewReader(u.Reader())
	for {
		first, payload, err := read(r)
		if err != nil {
			return append(got, err.Error())
		}
		frame := string([]byte{first}) + payload
		if wsframe.Opcode(first&15) == wsframe.Close {
			// Where the code tells that something was wrong the reason is free.
			if want := c.want[len(c.want)-1]; len(payload) > 2 && frame[:3] == want {
				frame = want
			}
			if _, _, err := read(r); err != io.EOF {
				frame += fmt.Sprint(", then ", err)
			}
			return append(got, frame)
		}
		got = append(got, frame)
	}
}

func send(nc net.Conn, s string, chop int) {
	if chop == 0 {
		chop = len(s)
	}
	for len(s) > 0 {
		n := min(chop, len(s))
		if _, err := io.WriteString(nc, s[:n]); err != nil {
			return
		}
		s = s[n:]
	}
}

// read reads one unmasked frame, and returns its first byte as a string would
// hold it.
func read(r *bufio.Reader) (first byte, payload string, err error) {
	var h [2]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return 0, "", err
	}
	n := uint64(h[1])
	long := make([]byte, 8)
	switch n {
	case 126:
		_, err = io.ReadFull(r, long[6:])
		n = binary.BigEndian.Uint64(long)
	case 127:
		_, err = io.ReadFull(r, long)
		n = binary.BigEndian.Uint64(long)
	}
	if err != nil {
		return 0, "", err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return h[0], string(b), err
}
