package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"
)

// RequestReply sends requests one after the other: the next one leaves when the reply to the
// last one has come. It measures what a message costs when nothing can be batched.
type RequestReply struct {
	Size     int // payload bytes of request and reply
	Requests int
}

// Subjects of a request/reply run.
const (
	service = "bench.service"
	inbox   = "_INBOX.bench.1"
)

// Run measures the requests, after a warm-up of a tenth of their number. A message of the result
// is a request together with its reply; its latency is the round trip.
func (r RequestReply) Run(ctx context.Context, server Server) (Measurement, error) {
	se := newSession(ctx, server)
	defer se.close()
	responder, err := se.bystander(TCP, fmt.Appendf(nil, "SUB %s 1\r\n", service))
	if err != nil {
		return Measurement{}, err
	}
	requester, err := se.bystander(TCP, fmt.Appendf(nil, "SUB %s 1\r\n", inbox))
	if err != nil {
		return Measurement{}, err
	}
	payload := letters(r.Size).append(nil, 0)
	request := pair{
		out: fmt.Appendf(nil, "PUB %s %s %d\r\n%s\r\n", service, inbox, r.Size, payload),
		in:  fmt.Appendf(nil, "MSG %s 1 %d\r\n%s\r\n", inbox, r.Size, payload),
	}
	reply := pair{
		in:  fmt.Appendf(nil, "MSG %s 1 %s %d\r\n%s\r\n", service, inbox, r.Size, payload),
		out: fmt.Appendf(nil, "PUB %s %d\r\n%s\r\n", inbox, r.Size, payload),
	}
	se.start(func(ctx context.Context) error { return respond(ctx, responder, reply) })
	m, err := r.ask(se, requester, request)
	if cause := context.Cause(se.ctx); cause != nil {
		return m, cause // the error of the responder, or why the run was ended, says more
	}
	return m, err
}

// pair holds what one side of the exchange writes and what it expects.
type pair struct{ out, in []byte }

// ask sends the requests and takes the time of each.
func (r RequestReply) ask(se *session, c *Conn, p pair) (Measurement, error) {
	if err := c.SetDeadline(time.Now().Add(passTimeout)); err != nil {
		return Measurement{}, err
	}
	times := make([]time.Duration, r.Requests)
	got := make([]byte, len(p.in))
	round := func() error {
		if _, err := c.Write(p.out); err != nil {
			return err
		}
		return receive(c, got, p.in)
	}
	for range r.Requests / 10 {
		if err := round(); err != nil {
			return Measurement{}, err
		}
	}
	watch, err := startWatch(se.server)
	if err != nil {
		return Measurement{}, err
	}
	last := clock()
	for i := range times {
		if err := round(); err != nil {
			return Measurement{}, err
		}
		now := clock()
		times[i] = time.Duration(now - last)
		last = now
	}
	m, err := watch.stop(int64(r.Requests))
	slices.Sort(times)
	m.P50, m.P99 = times[len(times)/2], times[len(times)*99/100]
	return m, err
}

// respond answers requests until the session ends.
func respond(ctx context.Context, c *Conn, p pair) error {
	got := make([]byte, len(p.in))
	for {
		err := receive(c, got, p.in)
		if err == nil {
			_, err = c.Write(p.out)
		}
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("responder: %w", err)
		}
	}
}

// receive reads one message and compares it; a PING of the server may stand before it.
func receive(c *Conn, got, want []byte) error {
	const ping = "PING\r\n"
	if _, err := io.ReadFull(c, got); err != nil {
		return err
	}
	if rest, ok := bytes.CutPrefix(got, []byte(ping)); ok {
		n := copy(got, rest)
		if _, err := io.ReadFull(c, got[n:]); err != nil {
			return err
		}
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("received %.80q, expected %.80q", got, want)
	}
	return nil
}
