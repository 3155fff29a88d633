package wsframe_test

import (
	"errors"
	"fmt"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// key masks what the examples send. A client takes one from crypto/rand for every
// frame.
var key = [4]byte{1, 2, 3, 4}

// A server reads what a client sends: whatever a read from the socket returned
// goes to Next until nothing is left of it.
func ExampleReader_Next() {
	var stream []byte
	stream = wsframe.AppendMaskedFragment(stream, wsframe.Text, false, false, key, []byte("Hello, "))
	stream = wsframe.AppendMasked(stream, wsframe.Ping, key, []byte("still there?"))
	stream = wsframe.AppendMaskedFragment(stream, wsframe.Continuation, true, false, key, []byte("world"))

	var r wsframe.Reader
	for _, received := range [][]byte{stream[:9], stream[9:]} {
		for len(received) > 0 {
			p, n, err := r.Next(received)
			if err != nil {
				fmt.Println(err)
				return
			}
			received = received[n:]
			switch p.Kind {
			case wsframe.KindData:
				fmt.Printf("%v %q first=%v last=%v\n", p.Opcode, p.Payload, p.First, p.Last)
			case wsframe.KindPing:
				fmt.Printf("answer with %q\n", wsframe.AppendFrame(nil, wsframe.Pong, p.Payload))
			}
		}
	}
	// Output:
	// text "Hel" first=true last=false
	// text "lo, " first=false last=false
	// answer with "\x8a\fstill there?"
	// text "world" first=false last=true
}

// Payload can be taken out of the buffer that was read into by the copy that
// unmasks it.
func ExampleReader_NextTo() {
	received := wsframe.AppendMasked(nil, wsframe.Binary, key, []byte("PING\r\n"))

	var r wsframe.Reader
	dst := make([]byte, 0, 64)
	for len(received) > 0 {
		p, n, err := r.NextTo(dst[len(dst):cap(dst)], received)
		if err != nil {
			fmt.Println(err)
			return
		}
		dst, received = dst[:len(dst)+len(p.Payload)], received[n:]
	}
	fmt.Printf("%q\n", dst)
	// Output: "PING\r\n"
}

// A server writes frames without a mask, all of them into one buffer if there
// are several.
func ExampleAppendFrame() {
	b := wsframe.AppendFrame(nil, wsframe.Text, []byte("Hello"))
	b = wsframe.AppendFrame(b, wsframe.Ping, nil)
	fmt.Printf("%x\n", b)
	// Output: 810548656c6c6f8900
}

// A header can be written alone, where the payload is sent from where it is.
func ExampleAppendHeader() {
	payload := make([]byte, 1000)
	h := wsframe.Header{Fin: true, Opcode: wsframe.Binary, Length: uint64(len(payload))}
	fmt.Printf("%x, then %d bytes\n", wsframe.AppendHeader(nil, h), len(payload))
	// Output: 827e03e8, then 1000 bytes
}

// The closing handshake: whoever gets a close frame sends one back, usually with
// the same code, and the server closes the socket.
func ExampleAppendClose() {
	client, server := wsframe.NewReader(wsframe.Rules{FromServer: true}), wsframe.NewReader(wsframe.Rules{})

	goodbye := wsframe.AppendMaskedClose(nil, key, wsframe.StatusGoingAway, "tab closed")
	p, _, err := server.Next(goodbye)
	fmt.Println(p.Kind, p.Code, string(p.Reason), err)

	answer := wsframe.AppendClose(nil, p.Code, "")
	p, _, err = client.Next(answer)
	fmt.Println(p.Kind, p.Code, string(p.Reason), err)
	// Output:
	// close 1001 tab closed <nil>
	// close 1001  <nil>
}

// An error says what to tell the peer before the socket is closed.
func ExampleError() {
	var r wsframe.Reader
	_, _, err := r.Next(wsframe.AppendFrame(nil, wsframe.Text, []byte("not masked")))

	var wrong *wsframe.Error
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Code, wrong.Text)
		fmt.Printf("%q\n", wrong.AppendClose(nil))
	}
	// Output:
	// 1002 mask bit missing
	// "\x88\x12\x03\xeamask bit missing"
}

// Messages puts fragments together and inflates what is compressed.
func ExampleMessages() {
	packed := deflate.AppendMessage(nil, []byte("a compressed message"))
	var stream []byte
	stream = wsframe.AppendMaskedFragment(stream, wsframe.Text, false, true, key, packed[:5])
	stream = wsframe.AppendMaskedFragment(stream, wsframe.Continuation, true, false, key, packed[5:])
	stream = wsframe.AppendMasked(stream, wsframe.Text, key, []byte("a plain one"))

	rules := wsframe.Rules{Compression: true, CheckUTF8: true}
	m := wsframe.NewMessages(rules, 1<<20, deflate.InflateTo)
	for len(stream) > 0 {
		p, n, err := m.Next(stream)
		if err != nil {
			fmt.Println(err)
			return
		}
		stream = stream[n:]
		fmt.Println(p.Kind, p.Opcode, string(p.Payload))
	}
	// Output:
	// data text a compressed message
	// data text a plain one
}

// One message for many receivers is framed, and compressed, once.
func ExamplePrepared() {
	m := wsframe.NewPrepared(wsframe.Text, []byte("news news news news news"), deflate.MaxWindow)
	plain, packed := m.Frame(false), m.Frame(true)
	fmt.Println(len(plain), len(packed) < len(plain))
	// Output: 26 true
}

// Text that comes in pieces is checked as it comes. The last byte here begins a
// character that the next piece would have to complete.
func ExampleUTF8() {
	var u wsframe.UTF8
	fmt.Println(u.Feed([]byte("caf\xc3")), u.Complete())
	fmt.Println(u.Feed([]byte("\xa9")), u.Complete())
	fmt.Println(u.Feed([]byte("\xff")), u.Complete())
	// Output:
	// true false
	// true true
	// false false
}
