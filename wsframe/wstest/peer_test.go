package wstest

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// The first are the examples of RFC 6455, section 5.7.
func TestFrameAppend(t *testing.T) {
	t.Parallel()
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	for _, tt := range []struct {
		name string
		f    Frame
		key  *[4]byte
		want string
	}{
		{"unmasked", Text("Hello"), nil, "\x81\x05Hello"},
		{"masked", Text("Hello"), &key, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{"first fragment", Frame{Opcode: wsframe.Text, Payload: "Hel"}, nil, "\x01\x03Hel"},
		{"last fragment", Frame{Fin: true, Payload: "lo"}, nil, "\x80\x02lo"},
		{"ping", Ping("Hello"), nil, "\x89\x05Hello"},
		{"pong", Pong("Hello"), nil, "\x8a\x05Hello"},
		{"close", Close(1000, "x"), nil, "\x88\x03\x03\xe8x"},
		{"reserved bits", Frame{Fin: true, RSV: 5, Opcode: 15}, nil, "\xdf\x00"},
		{"16 bits of length", Binary(strings.Repeat("x", 126)), nil, "\x82\x7e\x00\x7e" + strings.Repeat("x", 126)},
		{"64 bits of length", Binary(strings.Repeat("x", 1<<16)), nil, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + strings.Repeat("x", 1<<16)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, string(tt.f.Append(nil, tt.key))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFragments(t *testing.T) {
	t.Parallel()
	message := Frame{Fin: true, RSV: 4, Opcode: wsframe.Text, Payload: "abcde"}
	want := []Frame{
		{RSV: 4, Opcode: wsframe.Text, Payload: "ab"}, {Payload: "cd"}, {Fin: true, Payload: "e"},
	}
	if diff := cmp.Diff(want, Fragments(message, 2)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Frame{Ping("")}, Fragments(Ping(""), 2)); diff != "" {
		t.Error(diff)
	}
}

// pair returns a client and a server that talk to each other.
func pair(t *testing.T) (client, server *Peer) {
	a, b := net.Pipe()
	for _, c := range []net.Conn{a, b} {
		t.Cleanup(func() { c.Close() })
		if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return NewPeer(&handshake.Upgraded{Conn: a}, true), NewPeer(&handshake.Upgraded{Conn: b}, false)
}

// What one peer sends the other reads, in both directions and however it is cut.
func TestPeers(t *testing.T) {
	t.Parallel()
	want := []Frame{
		Text("hello"), Binary(""), {Opcode: wsframe.Text, Payload: "a"}, Ping("p"), {Fin: true, Payload: strings.Repeat("b", 70000)},
		Close(4000, "bye"),
	}
	client, server := pair(t)
	for _, ends := range [][2]*Peer{{client, server}, {server, client}} {
		for _, size := range []int{1, 7, 1 << 20} {
			go func() { _ = ends[0].SendChopped(size, want...) }()
			if err := ends[1].Expect(want...); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestPeerPutsFragmentsTogether(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	for _, want := range []Frame{Text("abcde"), Text("a"), {Fin: true, RSV: 4, Opcode: wsframe.Binary, Payload: "xyz"}} {
		go func() { _ = server.Send(Fragments(want, 2)...) }()
		got, err := client.ExpectMessage()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	go func() { _ = server.Send(Frame{Opcode: wsframe.Text}, Ping("")) }()
	if _, err := client.ExpectMessage(); err == nil {
		t.Error("a ping within a message was taken for a part of it")
	}
}

func TestPeerSaysWhatIsDifferent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, sent string
		expect     func(*Peer) error
		want       string
	}{
		{"a frame", "\x81\x02hi", func(p *Peer) error { return p.Expect(Text("ho")) }, `wstest: frame 0: want text "ho", got text "hi"`},
		{"a long frame", "\x02\x3d" + strings.Repeat("x", 61), func(p *Peer) error { return p.Expect(Text("")) },
			`wstest: frame 0: want text "", got binary (to be continued) "` + strings.Repeat("x", 60) + `"... of 61 bytes`},
		{"the end", "", func(p *Peer) error { return p.Expect(Text("ho")) }, `wstest: frame 0: want text "ho": EOF`},
		{"the end within a frame", "\x81\x02h", func(p *Peer) error { return p.Expect(Text("ho")) }, `wstest: frame 0: want text "ho": unexpected EOF`},
		{"a mask", "\x81\x80abcd", func(p *Peer) error { return p.Expect(Text("")) },
			`wstest: frame 0: want text "": wstest: frame is masked as only this end may`},
		{"16 bits for a short length", "\x81\x7e\x00\x01a", func(p *Peer) error { return p.Expect(Text("a")) },
			`wstest: frame 0: want text "a": wstest: length 1 in 16 bits`},
		{"64 bits for a short length", "\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x01a", func(p *Peer) error { return p.Expect(Text("a")) },
			`wstest: frame 0: want text "a": wstest: length 1 in 64 bits`},
		{"another code", "\x88\x02\x03\xe8", func(p *Peer) error { return p.ExpectEnd(1002) }, `wstest: want close 1002, got close "\x03\xe8"`},
		{"no code", "\x88\x00", func(p *Peer) error { return p.ExpectEnd(1000) }, `wstest: want close 1000, got close ""`},
		{"a code where none should be", "\x88\x02\x03\xe8", func(p *Peer) error { return p.ExpectEnd(0) }, `wstest: want close 0, got close "\x03\xe8"`},
		{"something after the close frame", "\x88\x00\x89\x00", func(p *Peer) error { return p.ExpectEnd(0) }, `wstest: want the end, got ping ""`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, server := pair(t)
			go func() {
				_, _ = io.WriteString(server.Conn(), tt.sent)
				_ = server.Conn().Close()
			}()
			err := tt.expect(client)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A length that is only announced takes no memory: the test would.
func TestPeerTakesNoMemoryForAnnouncements(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	go func() {
		_, _ = io.WriteString(server.Conn(), "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffabc")
		_ = server.Conn().Close()
	}()
	if _, err := client.Next(); err != io.ErrUnexpectedEOF {
		t.Errorf("Next: %v", err)
	}
}
