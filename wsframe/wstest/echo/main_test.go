package main

import (
	"context"
	"net"
	"testing"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

func TestRunEchoesUntilToldToStop(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	addr := make(chan net.Addr, 1)
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "127.0.0.1:0", "takeover", func(a net.Addr) { addr <- a }) }()
	c, err := wsconn.Dial(ctx, "ws://"+(<-addr).String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.WriteMessage(wsframe.Text, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if op, msg, err := c.ReadMessage(); err != nil || op != wsframe.Text || string(msg) != "hello" {
		t.Errorf("ReadMessage: %v %q %v", op, msg, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	c.Close(wsframe.StatusNormal, "")
}

func TestUnknownModeIsNamed(t *testing.T) {
	t.Parallel()
	if err := run(t.Context(), "127.0.0.1:0", "zip", nil); err == nil {
		t.Error("no error")
	}
}
