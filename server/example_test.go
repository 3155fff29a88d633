package server_test

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"net"
	"strings"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// A server without any listener, and a client that speaks to it within the
// process. Programs use a client library: nats.go takes srv as
// nats.InProcessServer(srv).
func Example() {
	srv, err := server.New(server.Options{DontListen: true, Log: config.Log{NoLog: true}})
	if err != nil {
		log.Fatal(err)
	}
	go srv.Run(context.Background())
	defer srv.Shutdown()
	<-srv.Ready()

	nc, err := srv.InProcessConn()
	if err != nil {
		log.Fatal(err)
	}
	defer nc.Close()
	in := bufio.NewScanner(nc)
	in.Scan() // INFO
	fmt.Fprint(nc, "CONNECT {\"verbose\":false}\r\nSUB greet.* 1\r\nPUB greet.joe 5\r\nhello\r\n")
	for range 2 {
		in.Scan()
		fmt.Println(in.Text())
	}
	// Output:
	// MSG greet.joe 1 5
	// hello
}

// Run returns when its context ends, and everything that it started has.
func ExampleServer_Run() {
	srv, err := server.New(server.Options{Host: "127.0.0.1", Port: -1, Log: config.Log{NoLog: true}})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- srv.Run(ctx) }()
	<-srv.Ready()

	nc, err := net.Dial("tcp", strings.TrimPrefix(srv.ClientURL(), "nats://"))
	if err != nil {
		log.Fatal(err)
	}
	line, _ := bufio.NewReader(nc).ReadString('{')
	fmt.Println(line)
	cancel()
	fmt.Println(<-ended)
	nc.Close()
	// Output:
	// INFO {
	// <nil>
}

// What can change while a server runs does; what cannot is refused with a
// reason, and nothing changes.
func ExampleServer_Reload() {
	srv, err := server.New(server.Options{DontListen: true, ServerName: "a", Log: config.Log{NoLog: true}})
	if err != nil {
		log.Fatal(err)
	}
	go srv.Run(context.Background())
	defer srv.Shutdown()
	<-srv.Ready()

	opts := *srv.Options()
	opts.Limits.MaxPayload = 64 << 10
	fmt.Println(srv.Reload(opts), srv.Options().Limits.MaxPayload)
	opts.ServerName, opts.Limits.MaxPayload = "b", 1
	fmt.Println(srv.Reload(opts), srv.Options().Limits.MaxPayload)
	// Output:
	// <nil> 65536
	// config reload not supported for ServerName: old=a, new=b 65536
}
