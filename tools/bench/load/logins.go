package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Logins connects clients that sign the server's nonce, wait for a PONG and leave.
type Logins struct {
	Key   string                       // public key of the user
	Sign  func([]byte) ([]byte, error) // with its private part
	Count int64
}

// Run measures the logins, after a warm-up of a tenth of their number. A message of the result is a
// login.
func (l Logins) Run(ctx context.Context, server Server) (Measurement, error) {
	if err := l.pass(ctx, server, l.Count/10); err != nil {
		return Measurement{}, err
	}
	watch, err := startWatch(server)
	if err != nil {
		return Measurement{}, err
	}
	if err := l.pass(ctx, server, l.Count); err != nil {
		return Measurement{}, err
	}
	return watch.stop(l.Count)
}

// pass makes n logins.
func (l Logins) pass(ctx context.Context, server Server, n int64) error {
	ctx, cancel := context.WithTimeoutCause(ctx, passTimeout, errHung)
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var left atomic.Int64
	left.Store(n)
	var running sync.WaitGroup
	for range upgraders {
		running.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				if err := l.login(ctx, server.Addr()); err != nil {
					fail(fmt.Errorf("login: %w", err))
				}
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// login makes one connection and ends it once the server has let it in.
func (l Logins) login(ctx context.Context, addr string) error {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	c.SetDeadline(time.Now().Add(setupTimeout))
	r := bufio.NewReader(c)
	line, err := r.ReadBytes('\n')
	if err != nil {
		return err
	}
	var info struct {
		Nonce string `json:"nonce"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(line, []byte("INFO ")), &info); err != nil {
		return err
	}
	sig, err := l.Sign([]byte(info.Nonce))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c, `CONNECT {"verbose":false,"nkey":%q,"sig":%q,"protocol":0}`+"\r\nPING\r\n", l.Key, base64.RawURLEncoding.EncodeToString(sig)); err != nil {
		return err
	}
	line, err = r.ReadBytes('\n')
	if err == nil && string(line) != "PONG\r\n" {
		err = fmt.Errorf("answered %.40q", line)
	}
	return err
}
