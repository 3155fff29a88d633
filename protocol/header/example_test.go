package header_test

import (
	"fmt"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

func Example() {
	block := header.Append(nil, nil, "Nats-Msg-Id", "42")
	block = header.Append(nil, block, "Color", "red")
	block = header.Set(nil, block, "Nats-Msg-Id", "43")
	fmt.Printf("%q\n", block)

	if id, ok := header.Get(block, "Nats-Msg-Id"); ok {
		fmt.Printf("id %s\n", id)
	}
	// Output:
	// "NATS/1.0\r\nColor: red\r\nNats-Msg-Id: 43\r\n\r\n"
	// id 43
}

func ExampleAll() {
	block := []byte("NATS/1.0\r\nColor: red\r\nColor: blue\r\nSize: 7\r\n\r\n")
	for name, value := range header.All(block) {
		fmt.Printf("%s = %s\n", name, value)
	}
	// Output:
	// Color = red
	// Color = blue
	// Size = 7
}

func ExampleParseStatus() {
	code, description, _ := header.ParseStatus([]byte("NATS/1.0 100 Idle Heartbeat\r\n\r\n"))
	fmt.Println(code, string(description))
	// Output: 100 Idle Heartbeat
}

func ExampleAppendNoResponders() {
	fmt.Printf("%q\n", header.AppendNoResponders(nil, "nobody.listens"))
	// Output: "NATS/1.0 503\r\nNats-Subject: nobody.listens\r\n\r\n"
}

func ExampleDelete() {
	block := []byte("NATS/1.0\r\nColor: red\r\n\r\n")
	fmt.Printf("%q\n", header.Delete(nil, block, "Color"))
	// Output: ""
}

func ExampleValidate() {
	fmt.Println(header.Validate([]byte("NATS/1.0\r\nno colon\r\n\r\n")))
	// Output: header block: line does not begin with a name and a colon at byte 10
}
