package main

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

func TestRunEchoesUntilToldToStop(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"off", "no-takeover", "takeover"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			addr := make(chan net.Addr, 1)
			ended := make(chan error, 1)
			go func() { ended <- run(ctx, "127.0.0.1:0", mode, func(a net.Addr) { addr <- a }) }()
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
			var closed *wsconn.CloseError
			if _, _, err := c.ReadMessage(); !errors.As(err, &closed) {
				t.Fatalf("ReadMessage: %v", err)
			}
			if diff := cmp.Diff(&wsconn.CloseError{Code: wsframe.StatusGoingAway}, closed); diff != "" {
				t.Error(diff)
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRunNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][2]string{
		"mode": {"127.0.0.1:0", "zip"}, "address": {"127.0.0.1", "off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := run(t.Context(), args[0], args[1], nil); err == nil {
				t.Error("no error")
			}
		})
	}
}
