package deflate_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

func Example() {
	text := strings.Repeat("all work and no play makes Jack a dull boy\n", 20)
	message := deflate.AppendMessage(nil, []byte(text))
	fmt.Println(len(text), "bytes are sent in less than 100:", len(message) < 100)

	const limit = 1 << 20
	back, err := deflate.Inflate(nil, message, limit)
	fmt.Println(string(back) == text, err)
	// Output:
	// 860 bytes are sent in less than 100: true
	// true <nil>
}

// One payload goes to many receivers, each of which gets another line before
// it. The payload is compressed once.
func ExampleAppendBlocks() {
	payload := deflate.AppendBlocks(nil, []byte("22.5 degrees\r\n"))
	for _, subscription := range []string{"1", "42"} {
		message := deflate.AppendStored(nil, []byte("MSG room.temperature "+subscription+" 12\r\n"))
		message = append(message, payload...)
		message = deflate.Finish(message)

		received, err := deflate.Inflate(nil, message, 1000)
		fmt.Printf("%q %v\n", received, err)
	}
	// Output:
	// "MSG room.temperature 1 12\r\n22.5 degrees\r\n" <nil>
	// "MSG room.temperature 42 12\r\n22.5 degrees\r\n" <nil>
}

func ExampleAppendStored() {
	message := deflate.Finish(deflate.AppendStored(nil, []byte("Hello")))
	fmt.Printf("% x\n", message)
	// Output: 00 05 00 fa ff 48 65 6c 6c 6f 00
}

// A message of a kilobyte may stand for a megabyte. InflateTo needs the same
// memory for each and stops at the limit.
func ExampleInflateTo() {
	message := deflate.AppendMessage(nil, make([]byte, 1<<20))
	read := 0
	err := deflate.InflateTo(message, 100_000, func(chunk []byte) error {
		read += len(chunk)
		return nil
	})
	fmt.Println(read, errors.Is(err, deflate.ErrTooLarge))
	// Output: 100000 true
}

// A peer that asked for a window of 512 bytes gets no message that refers
// further back.
func ExampleWindow() {
	text := []byte(strings.Repeat("all work and no play makes Jack a dull boy\n", 20))
	message := deflate.Window(9).AppendMessage(nil, text)
	back, err := deflate.Inflate(nil, message, len(text))
	fmt.Println(string(back) == string(text), err)
	// Output: true <nil>
}

// With context takeover a message that resembles those before it is short.
func ExampleWriter() {
	w, r := deflate.NewWriter(deflate.MaxWindow), deflate.NewReader(deflate.MaxWindow)
	defer w.Close()
	defer r.Close()
	text := []byte(`{"device":"sensor-17","city":"Nairobi","unit":"Celsius","value":22.5}`)
	for range 2 {
		message := w.AppendMessage(nil, text)
		back, err := r.Inflate(nil, message, 1000)
		fmt.Println(len(message) < 10, string(back) == string(text), err)
	}
	// Output:
	// false true <nil>
	// true true <nil>
}
