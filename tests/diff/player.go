package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/tests/internal/certs"
	"github.com/dunlin-mq/dunlin/tests/internal/proc"
	"github.com/dunlin-mq/dunlin/tests/internal/script"
)

// player runs one scenario against one program. It belongs to one goroutine.
type player struct {
	t       *testing.T
	file    *script.File
	server  *proc.Server
	clients map[string]*client
	via     *tunnel // through which every client connects, nil for none
}

// play runs the scenario and fails t at the first step that does not hold.
func play(t *testing.T, file *script.File, scenario script.Scenario, target *proc.Target, via *tunnel) {
	p := &player{t: t, file: via.file(file), clients: map[string]*client{}, via: via}
	options, steps := p.options(scenario.Steps)
	p.server = proc.Start(t, target, options)
	t.Cleanup(func() {
		for _, c := range p.clients {
			c.close()
		}
	})
	for i := 0; i < len(steps); i++ {
		if only := steps[i].Only; only != "" && only != target.String() {
			continue
		}
		group := neighbours(steps[i:])
		if err := p.step(group); err != nil {
			t.Fatalf("%s:%d: %v", file.Path, steps[i].Line, err)
		}
		i += len(group) - 1
	}
}

// neighbours is the step at the front with those after it that belong to it:
// texts to send at once, or messages that may come in any order.
func neighbours(steps []script.Step) []script.Step {
	first, n := steps[0], 1
	if !first.Op.Sends() && first.Op != script.AnyOrder {
		return steps[:1]
	}
	for n < len(steps) && belong(first, steps[n]) {
		n++
	}
	return steps[:n]
}

func belong(first, next script.Step) bool {
	return next.Client == first.Client && next.Only == first.Only &&
		(next.Op == first.Op || next.Op.Sends() && first.Op.Sends())
}

// options reads the steps that say how to start, and returns the others.
func (p *player) options(steps []script.Step) (proc.Options, []script.Step) {
	files := maps.Clone(p.file.Files)
	config := files[proc.ConfigFile]
	var options proc.Options
	for len(steps) > 0 {
		switch steps[0].Op {
		case script.TCP:
			steps = steps[1:]
			continue
		case script.Config:
			config = files[steps[0].Args[0]]
			if config == "" {
				p.t.Fatalf("%s:%d: no such file", p.file.Path, steps[0].Line)
			}
			steps = steps[1:]
			continue
		case script.Args:
			options.Args = steps[0].Args
			steps = steps[1:]
			continue
		}
		break
	}
	if strings.Contains(config, "_file:") {
		maps.Copy(files, certs.Default().Files)
	}
	options.Config, options.Files = config, files
	return options, steps
}

// step runs one step, or those that belong together.
func (p *player) step(group []script.Step) error {
	step := group[0]
	switch {
	case step.Op == script.Connect:
		return p.connect(step)
	case step.Client == "":
		return p.serverStep(step)
	}
	c := p.clients[step.Client]
	if c == nil {
		return fmt.Errorf("client %s is not connected", step.Client)
	}
	switch step.Op {
	case script.StartTLS:
		return c.startTLS(len(step.Args) > 0)
	case script.Close:
		c.close()
		return nil
	case script.HalfClose:
		return c.halfClose()
	case script.Cut:
		return nil
	case script.Expect:
		return c.expect(step.Text)
	case script.Match:
		return c.match(step.Text)
	case script.AnyOrder:
		return c.anyOrder(texts(group))
	case script.Info:
		return c.expectInfo(step.Args)
	case script.JSON:
		return c.expectJSON(step.Args)
	case script.Sync:
		return c.sync()
	case script.EOF:
		if p.via != nil {
			return c.expectClosing()
		}
		return c.expectEOF()
	case script.Reason:
		return p.closeReason(c, step.Text)
	}
	if step.Op.Sends() {
		return c.sendAll(group)
	}
	return c.webSocketStep(step)
}

func texts(steps []script.Step) []string {
	texts := make([]string, len(steps))
	for i, step := range steps {
		texts[i] = step.Text
	}
	return texts
}

func (p *player) connect(step script.Step) error {
	step = p.via.connect(step)
	if len(step.Args) > 0 && (step.Args[0] == "http" || step.Args[0] == "ws") {
		return p.connectWebSocket(step)
	}
	var withTLS, first, cert bool
	for _, arg := range step.Args {
		switch arg {
		case "tls":
			withTLS = true
		case "tlsfirst":
			first = true
		case "cert":
			cert = true
		default:
			return fmt.Errorf("unknown argument %q", arg)
		}
	}
	c, err := dial(p.server.Addr())
	if err != nil {
		return err
	}
	p.clients[step.Client] = c
	if first {
		if err := c.startTLSFirst(cert); err != nil {
			return err
		}
	}
	if withTLS {
		if err := c.startTLS(cert); err != nil {
			return err
		}
	}
	if step.Text == "" {
		return nil
	}
	return c.handshake(step.Text)
}

var signals = map[string]syscall.Signal{
	"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "HUP": syscall.SIGHUP,
	"USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2,
}

func (p *player) serverStep(step script.Step) error {
	switch step.Op {
	case script.Log:
		p.server.WaitLog(p.t, step.Text)
	case script.Reload:
		p.reload(step.Args[0], "Reloaded server configuration")
	case script.Refuse:
		p.reload(step.Args[0], "Failed to reload server configuration")
	case script.Signal:
		p.server.Signal(p.t, signals[step.Args[0]])
	case script.Exit:
		if code := strconv.Itoa(p.server.Wait(p.t)); code != step.Args[0] {
			return fmt.Errorf("exit code %s, want %s", code, step.Args[0])
		}
	case script.Unreachable:
		return p.unreachable(step.Args)
	case script.Get:
		return p.eventually(step.Args[0], step.Args[1:])
	default:
		return fmt.Errorf("cannot do %s", step.Op)
	}
	return nil
}

// reload makes the server read another file and waits until it says so.
func (p *player) reload(name, until string) {
	p.server.SkipLog()
	p.server.WriteFile(p.t, proc.ConfigFile, p.file.Files[name])
	p.server.Signal(p.t, syscall.SIGHUP)
	p.server.WaitLog(p.t, until)
}

// eventually asks for a monitoring page until the conditions hold: what a
// client sees and what monitoring shows are not one moment.
func (p *player) eventually(path string, conditions []string) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(patience)
	for {
		status, body := p.server.Get(p.t, path)
		err := fmt.Errorf("status %d: %s", status, body)
		if status == http.StatusOK {
			err = script.CheckFields([]byte(body), conditions)
		}
		if err == nil || time.Now().After(deadline) {
			return err
		}
		<-tick.C
	}
}

// unreachable dials until nobody answers.
func (p *player) unreachable(args []string) error {
	addr := p.server.Addr()
	if len(args) > 0 {
		addr = p.server.WebSocketAddr()
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		c, err := dial(addr)
		if err != nil {
			return nil
		}
		c.close()
	}
	return fmt.Errorf("%s still takes connections", addr)
}

func (p *player) closeReason(c *client, want string) error {
	text, err := json.Marshal(want)
	if err != nil {
		return err
	}
	return p.eventually("/connz?state=closed&cid="+strconv.Itoa(c.id), []string{"connections.0.reason=" + string(text)})
}
