package syntax_test

import (
	"errors"
	"fmt"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

func Example() {
	text := `
# where clients connect
PORT = 4222
listen: $PORT
max_payload: 2MB
cluster {
  name: east
  routes: [ nats://a:6222, nats://b:6222 ]
}
`
	m, err := syntax.Parse("server.conf", []byte(text), syntax.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	listen := m.Get("listen")
	fmt.Println(listen.KeyPos, listen.Value.Kind, listen.Value.Int)
	fmt.Println("max_payload", m.Get("max_payload").Value.Int)
	for _, route := range m.Get("cluster").Value.Map.Get("routes").Value.Array {
		fmt.Println("route", route.Str)
	}
	fmt.Println(syntax.Digest(m))
	// Output:
	// server.conf:4:1 integer 4222
	// max_payload 2097152
	// route nats://a:6222
	// route nats://b:6222
	// sha256:78a5a8b8a94b3f23971e231bdb8094f521ab71224354d8549b44799941890b56
}

// An error has the text that operators know and the place where to look.
func ExampleError() {
	_, err := syntax.Parse("server.conf", []byte("port: 4222\ntags: [a b]\n"), syntax.Options{})
	if perr, ok := errors.AsType[*syntax.Error](err); ok {
		fmt.Println(perr.Pos)
	}
	fmt.Println(err)
	// Output:
	// server.conf:2:10
	// Parse error on line 2: 'Expected an array value terminator "," or an array terminator "]", but got 'b' instead.'
}
