package protocol_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol"
)

// A read loop: bytes come in pieces of any size, commands come out.
func ExampleParser() {
	network := strings.NewReader("SUB orders.* workers 1\r\nPUB orders.new 5\r\nhello\r\nFOO\r\n")

	var (
		parser protocol.Parser
		op     protocol.Op
		buf    []byte
		piece  = make([]byte, 7)
	)
	for {
		n, err := network.Read(piece)
		if err == io.EOF {
			return
		}
		buf = append(buf, piece[:n]...)
		for {
			n, err := parser.Next(buf, &op)
			var bad *protocol.Error
			if errors.As(err, &bad) {
				fmt.Printf("%q\n", protocol.AppendErr(nil, bad.Text()))
				fmt.Println("closed:", bad.Reason())
				return
			}
			if n == 0 {
				break // read more
			}
			switch op.Kind {
			case protocol.KindSub:
				fmt.Printf("SUB to %s, queue %s, sid %s\n", op.Subject, op.Queue, op.SID)
			case protocol.KindPub:
				fmt.Printf("PUB to %s: %q\n", op.Subject, op.Payload)
			}
			buf = buf[n:]
		}
	}
	// Output:
	// SUB to orders.*, queue workers, sid 1
	// PUB to orders.new: "hello"
	// "-ERR 'Unknown Protocol Operation'\r\n"
	// closed: Protocol Violation
}

func ExampleAppendMsg() {
	var out []byte
	out = protocol.AppendMsg(out, "orders.new", "1", "", []byte("hello"))
	out = protocol.AppendMsg(out, "orders.new", "7", "_INBOX.x", []byte("hi"))
	fmt.Printf("%q\n", out)
	// Output: "MSG orders.new 1 5\r\nhello\r\nMSG orders.new 7 _INBOX.x 2\r\nhi\r\n"
}

// A message goes to its subscribers as its publisher wrote it, from the reply
// on.
func ExampleAppendMsgHead() {
	var parser protocol.Parser
	var op protocol.Op
	if _, err := parser.Next([]byte("PUB orders.new _INBOX.x 5\r\nhello\r\n"), &op); err != nil {
		fmt.Println(err)
		return
	}
	head := protocol.AppendMsgHead(nil, op.Subject)
	for _, sid := range []string{"1", "7"} {
		fmt.Printf("%q\n", fmt.Sprintf("%s%s %s", head, sid, op.Tail))
	}
	// Output:
	// "MSG orders.new 1 _INBOX.x 5\r\nhello\r\n"
	// "MSG orders.new 7 _INBOX.x 5\r\nhello\r\n"
}

// The handshake from both ends: the server speaks first.
func Example_handshake() {
	// Server.
	greeting := protocol.AppendInfo(nil, &protocol.Info{Name: "n1", Proto: 1, Headers: true, MaxPayload: 1 << 20})

	// Client.
	var op protocol.Op
	client := protocol.Parser{Role: protocol.FromServer}
	if _, err := client.Next(greeting, &op); err != nil {
		fmt.Println(err)
		return
	}
	var info protocol.Info
	if err := protocol.ParseInfo(op.Arg, &info); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("server:", info.Name, "takes", info.MaxPayload, "bytes")
	answer := protocol.AppendConnect(nil, &protocol.Connect{
		Name: "c1", Lang: "go", Protocol: 1, Echo: true, Headers: info.Headers, User: "u", Pass: "secret",
	})

	// Server again.
	var server protocol.Parser
	if _, err := server.Next(answer, &op); err != nil {
		fmt.Println(err)
		return
	}
	connect := protocol.DefaultConnect()
	if err := protocol.ParseConnect(op.Arg, &connect); err != nil {
		fmt.Println(err)
		return
	}
	server.Limits.Headers = connect.Headers
	fmt.Println("client:", connect.Name, "headers:", connect.Headers, "valid:", connect.Validate() == nil)
	// Output:
	// server: n1 takes 1048576 bytes
	// client: c1 headers: true valid: true
}

func ExampleRedactConnect() {
	fmt.Printf("%s\n", protocol.RedactConnect(nil, []byte(`{"user":"u","pass":"secret"}`)))
	// Output: {"user":"u","pass":"[REDACTED]"}
}

func ExamplePublishViolation() {
	err := protocol.PublishViolation("orders.new")
	fmt.Println(err.Text())
	fmt.Println(errors.Is(err, protocol.ErrPermissions), err.Closes())
	// Output:
	// Permissions Violation for Publish to "orders.new"
	// true false
}
