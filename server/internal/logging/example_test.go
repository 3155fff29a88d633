package logging_test

import (
	"fmt"

	"github.com/dunlin-mq/dunlin/server/internal/logging"
)

// printer is the log of a program that embeds a server.
type printer struct{}

func (printer) Log(r logging.Record) {
	who := "server"
	if r.Conn != nil {
		who = r.Conn.String()
	}
	fmt.Printf("%s: %s: %s\n", r.Level.Name(), who, r.Text)
}

func Example() {
	log, err := logging.New(logging.Config{Sink: printer{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer log.Close()
	log.Infof("Listening for client connections on %s", "127.0.0.1:4222")
	conn := log.With(logging.Conn{Remote: "127.0.0.1:52468", Kind: "cid", ID: 80, Client: "v1.2:go:name"})
	conn.Errorf("maximum connections exceeded")
	conn.Debugf("not enabled")
	// Output:
	// info: server: Listening for client connections on 127.0.0.1:4222
	// error: 127.0.0.1:52468 - cid:80 - "v1.2:go:name": maximum connections exceeded
}
