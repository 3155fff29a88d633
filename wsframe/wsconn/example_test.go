package wsconn_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

// An echo server in a handler of net/http, and a client of it.
func Example() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := wsconn.Accept(w, r, &handshake.Options{Deflate: &deflate.Policy{}})
		if err != nil {
			return // the client has its answer
		}
		for {
			op, msg, err := c.ReadMessage()
			if err != nil {
				return // a *wsconn.CloseError when the client has closed
			}
			if err := c.WriteMessage(op, msg); err != nil {
				return
			}
		}
	}))
	defer srv.Close()

	c, err := wsconn.Dial(context.Background(), "ws"+strings.TrimPrefix(srv.URL, "http"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	c.WriteMessage(wsframe.Text, []byte("hello"))
	op, msg, _ := c.ReadMessage()
	fmt.Printf("%v %s\n", op, msg)
	c.Close(wsframe.StatusNormal, "done")
	// Output: text hello
}
