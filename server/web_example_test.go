package server_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

// A web application that has a NATS server at one of its paths, and none of
// its ports open. Browsers use nats.js with the URL of that path.
func ExampleServer_WebSocketHandler() {
	srv, err := server.New(server.Options{DontListen: true, Log: config.Log{NoLog: true}})
	if err != nil {
		log.Fatal(err)
	}
	go srv.Run(context.Background())
	defer srv.Shutdown()
	<-srv.Ready()

	mux := http.NewServeMux()
	mux.Handle("/nats", srv.WebSocketHandler())
	app := httptest.NewServer(mux)
	defer app.Close()

	ws, err := wsconn.Dial(context.Background(), "ws"+strings.TrimPrefix(app.URL, "http")+"/nats", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer ws.NetConn().Close()
	_, text, err := ws.ReadMessage()
	if err != nil {
		log.Fatal(err)
	}
	verb, _, _ := strings.Cut(string(text), " ")
	fmt.Println(verb)
	// Output:
	// INFO
}
