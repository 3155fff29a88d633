package load

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Keep publishes messages that streams store, and waits for their acknowledgements.
type Keep struct {
	Publishers int
	Streams    int // publishers are spread over them
	Memory     bool
	Size       int // payload bytes
	Window     int // messages of a publisher that may wait for their acknowledgement
	Messages   int64
}

// Run measures the publishing, after a warm-up of a tenth of it. With a window of one the
// latency is that of a message.
func (k Keep) Run(ctx context.Context, server Server) (Measurement, error) {
	admin, err := newAsker(ctx, server)
	if err != nil {
		return Measurement{}, err
	}
	defer admin.c.Close()
	storage := "file"
	if k.Memory {
		storage = "memory"
	}
	for i := range max(k.Streams, 1) {
		body := fmt.Sprintf(`{"name":"K%d","subjects":["keep.%d"],"storage":%q}`, i, i, storage)
		if err := admin.ask(fmt.Sprintf("$JS.API.STREAM.CREATE.K%d", i), body); err != nil {
			return Measurement{}, err
		}
	}
	if _, err := k.pass(ctx, server, k.Messages/10); err != nil {
		return Measurement{}, err
	}
	watch, err := startWatch(server)
	if err != nil {
		return Measurement{}, err
	}
	times, err := k.pass(ctx, server, k.Messages)
	if err != nil {
		return Measurement{}, err
	}
	m, err := watch.stop(k.Messages / int64(k.Publishers) * int64(k.Publishers))
	if k.Window == 1 {
		slices.Sort(times)
		m.P50, m.P99 = times[len(times)/2], times[len(times)*99/100]
	}
	return m, err
}

// pass publishes n messages in all, and returns the latencies if there are any.
func (k Keep) pass(ctx context.Context, server Server, n int64) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, passTimeout, errHung)
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var running sync.WaitGroup
	var mu sync.Mutex
	var all []time.Duration
	for p := range k.Publishers {
		running.Go(func() {
			times, err := k.publish(ctx, server, p, n/int64(k.Publishers))
			if err != nil {
				fail(fmt.Errorf("publisher %d: %w", p, err))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, times...)
		})
	}
	running.Wait()
	return all, context.Cause(ctx)
}

// publish publishes from one connection.
func (k Keep) publish(ctx context.Context, server Server, p int, n int64) (times []time.Duration, err error) {
	c, err := Dial(ctx, server, TCP, "")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	message := fmt.Appendf(nil, "PUB keep.%d ack.%d %d\r\n%s\r\n", p%max(k.Streams, 1), p, k.Size, letters(k.Size).append(nil, 0))
	if err := c.Exchange(fmt.Appendf(nil, "SUB ack.%d 1\r\n", p)); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(c, 64<<10)
	var batch []byte
	sent, acked := int64(0), int64(0)
	for acked < n {
		// Half a window at a time keeps both sides busy and the writes large.
		if room := int64(k.Window) - (sent - acked); sent < n && (room*2 >= int64(k.Window)) {
			room = min(room, n-sent)
			batch = batch[:0]
			for range room {
				batch = append(batch, message...)
			}
			if _, err := c.Write(batch); err != nil {
				return nil, err
			}
			sent += room
		}
		began := time.Now()
		payload, err := nextMessage(c, r)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(payload, []byte(`"error"`)) {
			return nil, fmt.Errorf("refused: %s", payload)
		}
		acked++
		if k.Window == 1 {
			times = append(times, time.Since(began))
		}
	}
	return times, nil
}

// nextMessage reads a message, and returns its payload.
func nextMessage(c *Conn, r *bufio.Reader) ([]byte, error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(line, []byte("PING")) {
			if _, err := c.Write([]byte("PONG\r\n")); err != nil {
				return nil, err
			}
			continue
		}
		fields := bytes.Fields(line)
		if len(fields) < 4 || !bytes.HasSuffix(fields[0], []byte("MSG")) {
			return nil, fmt.Errorf("unexpected %.60q", line)
		}
		size, err := strconv.Atoi(string(fields[len(fields)-1]))
		if err != nil {
			return nil, err
		}
		b := make([]byte, size+2)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		return b[:size], nil
	}
}

// asker makes requests one at a time.
type asker struct {
	c *Conn
	r *bufio.Reader
}

func newAsker(ctx context.Context, server Server) (*asker, error) {
	c, err := Dial(ctx, server, TCP, "")
	if err != nil {
		return nil, err
	}
	if err := c.Exchange([]byte("SUB answer 1\r\n")); err != nil {
		c.Close()
		return nil, err
	}
	return &asker{c, bufio.NewReader(c)}, nil
}

// ask makes a request, whose answer must not be an error.
func (a *asker) ask(subject, body string) error {
	if err := a.c.SetDeadline(time.Now().Add(setupTimeout)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(a.c, "PUB %s answer %d\r\n%s\r\n", subject, len(body), body); err != nil {
		return err
	}
	answer, err := nextMessage(a.c, a.r)
	if err == nil && bytes.Contains(answer, []byte(`"error"`)) {
		err = fmt.Errorf("%s: %s", subject, answer)
	}
	return err
}

// Fetch pulls stored messages from a consumer, in batches.
type Fetch struct {
	Size     int
	Batch    int
	Acks     bool
	Messages int64
}

// Run measures the pulling; storing the messages comes before.
func (f Fetch) Run(ctx context.Context, server Server) (Measurement, error) {
	keep := Keep{Publishers: 1, Streams: 1, Size: f.Size, Window: 1000, Messages: f.Messages}
	admin, err := newAsker(ctx, server)
	if err != nil {
		return Measurement{}, err
	}
	defer admin.c.Close()
	if err := admin.ask("$JS.API.STREAM.CREATE.K0", `{"name":"K0","subjects":["keep.0"]}`); err != nil {
		return Measurement{}, err
	}
	if _, err := keep.pass(ctx, server, f.Messages); err != nil {
		return Measurement{}, err
	}
	policy := "none"
	if f.Acks {
		policy = "explicit"
	}
	body := fmt.Sprintf(`{"stream_name":"K0","config":{"durable_name":"C","ack_policy":%q,"max_ack_pending":%d}}`, policy, map[bool]int{true: 10 * f.Batch}[f.Acks])
	if err := admin.ask("$JS.API.CONSUMER.CREATE.K0.C", body); err != nil {
		return Measurement{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, passTimeout, errHung)
	defer cancel()
	watch, err := startWatch(server)
	if err != nil {
		return Measurement{}, err
	}
	if err := f.pull(ctx, server); err != nil {
		return Measurement{}, err
	}
	return watch.stop(f.Messages)
}

// pull asks for one batch after the other.
func (f Fetch) pull(ctx context.Context, server Server) error {
	c, err := Dial(ctx, server, TCP, "")
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if err := c.Exchange([]byte("SUB in 1\r\n")); err != nil {
		return err
	}
	r := bufio.NewReaderSize(c, 256<<10)
	var acks []byte
	payload := make([]byte, f.Size+2)
	for left := f.Messages; left > 0; {
		n := min(int64(f.Batch), left)
		body := fmt.Sprintf(`{"batch":%d,"expires":20000000000}`, n)
		acks = fmt.Appendf(acks, "PUB $JS.API.CONSUMER.MSG.NEXT.K0.C in %d\r\n%s\r\n", len(body), body)
		if _, err := c.Write(acks); err != nil {
			return err
		}
		acks = acks[:0]
		for range n {
			line, err := r.ReadSlice('\n')
			if err != nil {
				return err
			}
			fields := bytes.Fields(line)
			if len(fields) != 5 || string(fields[0]) != "MSG" {
				return fmt.Errorf("unexpected %.60q", line)
			}
			if f.Acks {
				acks = append(append(append(acks, "PUB "...), fields[3]...), " 0\r\n\r\n"...)
			}
			if _, err := io.ReadFull(r, payload); err != nil {
				return err
			}
		}
		left -= n
	}
	_, err = c.Write(append(acks, "PING\r\n"...))
	if err == nil {
		_, err = r.ReadSlice('\n')
	}
	return err
}
