package embed

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/dunlin-mq/dunlin/server"
)

// A program starts a server of its own and talks to it without a network.
func Example() {
	srv, err := server.New(server.Options{Host: "127.0.0.1", Port: -1})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	<-srv.Ready()

	nc, err := nats.Connect("", nats.InProcessServer(srv))
	if err != nil {
		log.Fatal(err)
	}
	_, err = nc.Subscribe("greet.*", func(m *nats.Msg) { m.Respond([]byte("hello " + m.Subject[len("greet."):])) })
	if err != nil {
		log.Fatal(err)
	}
	reply, err := nc.Request("greet.world", nil, time.Second)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(reply.Data))

	nc.Close()
	stop()
	fmt.Println(<-ended)
	// Output:
	// hello world
	// <nil>
}
