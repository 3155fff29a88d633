package trace_test

import (
	"fmt"
	"github.com/dunlin-mq/dunlin/server/internal/document"

	"github.com/dunlin-mq/dunlin/server/internal/trace"
)

func Example() {
	block := []byte("NATS/1.0\r\nNats-Trace-Dest: my.reports\r\nNats-Trace-Only: true\r\n\r\n")
	if !trace.Asked(block) {
		return
	}
	req := trace.ParseRequest(block)
	t := trace.Begin(req, block, len(block), trace.Ingress{ID: 7, Account: "$G", Subject: "foo"})
	t.Tried(trace.Egress{ID: 5, Sub: "foo"})
	_, payload, err := t.Report(document.Author{Name: "s1"}.Stamped(1))

	fmt.Println(t.Dest(), t.Only(), len(payload) > 0, err)
	// Output: my.reports true true <nil>
}
