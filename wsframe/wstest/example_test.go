package wstest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/wstest"
)

// A script: a message with a ping inside, then one that is no UTF-8.
func Example() {
	echo, err := wstest.NewEcho("off")
	if err != nil {
		fmt.Println(err)
		return
	}
	srv := httptest.NewServer(echo)
	defer srv.Close()
	p, err := wstest.Dial(context.Background(), "ws"+strings.TrimPrefix(srv.URL, "http"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Conn().Close()

	parts := wstest.Fragments(wstest.Text("hello"), 3)
	fmt.Println(p.Send(parts[0], wstest.Ping("there?"), parts[1]))
	fmt.Println(p.Expect(wstest.Pong("there?"), wstest.Text("hello")))
	fmt.Println(p.Send(wstest.Text("\xff")))
	fmt.Println(p.ExpectEnd(wsframe.StatusInvalidPayload))
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// <nil>
}
