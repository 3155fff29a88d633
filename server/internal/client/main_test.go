package client

import (
	"bufio"
	"fmt"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/conn"
	"github.com/dunlin-mq/dunlin/server/internal/door"
	"github.com/dunlin-mq/dunlin/server/internal/leaktest"
	"github.com/dunlin-mq/dunlin/server/internal/logging"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m, chunk.Held)) }

// patience bounds waits that end at once when all is well.
const patience = 20 * time.Second

// lines is a sink that keeps the log.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Log(r logging.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := r.Text
	if r.Conn != nil {
		text = r.Conn.String() + " - " + text
	}
	l.all = append(l.all, fmt.Sprintf("[%v] %s", r.Level, text))
}

// containing returns the lines that contain part.
func (l *lines) containing(part string) (found []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.all {
		if strings.Contains(line, part) {
			found = append(found, line)
		}
	}
	return found
}

// world is what the clients of a test share.
type world struct {
	t    *testing.T
	env  *Env
	log  *lines
	last uint64 // id given out
	// patient is false in simulated time, in which waiting costs nothing and a
	// deadline would end what a test is about.
	patient bool
}

// newWorld returns a world with ordinary settings, changed by edit.
func newWorld(t *testing.T, edit func(*Settings)) *world {
	t.Helper()
	w := &world{t: t, log: new(lines), patient: true}
	log, err := logging.New(logging.Config{Sink: w.log, Debug: true})
	if err != nil {
		t.Fatal(err)
	}
	w.env = openEnv(log)
	s := &Settings{
		Info:       protocol.Info{ID: "ID", Name: "test", Proto: 1, Headers: true, MaxPayload: 1 << 20},
		MaxPending: 64 << 20, MaxConnections: 1000,
		PingInterval: 2 * time.Minute, PingMax: 2, WriteDeadline: 10 * time.Second,
	}
	if edit != nil {
		edit(s)
	}
	w.env.SetSettings(s)
	return w
}

// traced turns trace lines on.
func (w *world) traced() *world {
	if err := w.env.Log.Reconfigure(logging.Config{Sink: w.log, Trace: true}); err != nil {
		w.t.Fatal(err)
	}
	return w
}

// peer is the far end of a session: a scripted NATS client.
type peer struct {
	t     *testing.T
	nc    net.Conn
	r     *bufio.Reader
	c     *Client
	ended chan struct{} // closed when the session is over and removed
}

// join connects a client over a pipe, as a server would, and reads the INFO.
func (w *world) join() *peer {
	w.t.Helper()
	near, far := net.Pipe()
	w.last++
	p := &peer{t: w.t, nc: near, r: bufio.NewReader(near), ended: make(chan struct{})}
	if w.patient {
		near.SetDeadline(time.Now().Add(patience))
	}
	set := w.env.Settings()
	c := conn.New(far, set.MaxPending, set.NoStall)
	p.c = New(w.env, c, w.last, time.Now())
	if !w.env.Registry.Add(p.c, set.MaxConnections) {
		w.t.Fatal("the registry is full")
	}
	go func() {
		defer close(p.ended)
		defer c.Finish()
		if p.c.Greet() == nil {
			p.c.Serve()
		}
		w.env.Registry.Remove(p.c, 100)
	}()
	w.t.Cleanup(p.leave)
	p.expect("INFO")
	return p
}

// quiet joins a client that gets no +OK.
func (w *world) quiet() *peer {
	w.t.Helper()
	p := w.join()
	p.send(`CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}`)
	p.barrier()
	return p
}

// send sends lines.
func (p *peer) send(lines ...string) {
	p.t.Helper()
	if _, err := io.WriteString(p.nc, strings.Join(lines, "\r\n")+"\r\n"); err != nil {
		p.t.Fatalf("sending %q: %v", lines, err)
	}
}

// next reads a line. Of an INFO only the verb is returned.
func (p *peer) next() (string, error) {
	line, err := p.r.ReadString('\n')
	if strings.HasPrefix(line, "INFO {") {
		return "INFO", err
	}
	return strings.TrimSuffix(line, "\r\n"), err
}

// expect reads lines and compares them.
func (p *peer) expect(want ...string) {
	p.t.Helper()
	var got []string
	for range want {
		line, err := p.next()
		if err != nil {
			got = append(got, line+err.Error())
			break
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Fatalf("-want +got:\n%s", diff)
	}
}

// barrier waits until everything sent so far was carried out, and checks that
// nothing was answered that was not expected.
func (p *peer) barrier() {
	p.t.Helper()
	p.send("PING")
	p.expect("PONG")
}

// closed checks that the server closes the connection without another word,
// and returns what is remembered of it.
func (p *peer) closed(w *world) *Report {
	p.t.Helper()
	if rest, err := io.ReadAll(p.r); err != nil || len(rest) > 0 {
		p.t.Errorf("read %q, %v; want the end", rest, err)
	}
	<-p.ended
	for _, r := range w.env.Registry.Closed() {
		if r.ID == p.c.id {
			return r
		}
	}
	p.t.Fatal("the session left no report")
	return nil
}

// leave ends the session from the client's side.
func (p *peer) leave() {
	p.nc.Close()
	<-p.ended
}

// openEnv lets everybody into the global account.
func openEnv(log *logging.Logger) *Env {
	accounts := account.NewSet(nil)
	return &Env{
		Account: accounts.Global(), Door: door.New(accounts), Log: log,
		Author: func() document.Author { return document.Author{} },
	}
}
