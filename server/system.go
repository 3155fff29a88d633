package server

import (
	"time"

	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"github.com/dunlin-mq/dunlin/server/internal/monitor"
	"github.com/dunlin-mq/dunlin/server/internal/system"
)

// office is what speaks for the server in the system account.
type office struct {
	account *account.Account
	voice   *system.Voice
	desk    *system.Desk
	herald  *system.Herald
	// own is how many subscriptions of the system account are the server's.
	own int
}

// quiet reports whether nobody can be listening in the system account: most
// servers have nobody there, and their clients come and go.
func (o *office) quiet() bool { return o.account.Interest.Len() <= o.own }

// openOffice opens it, unless there is no system account.
func (s *Server) openOffice(o *Options) error {
	s.voice = system.NewVoice(s.env.Log.Errorf)
	s.services.Publish = s.voice.PublishLater
	if o.SystemAccount == "" {
		return nil
	}
	a := s.accounts.Get(o.SystemAccount)
	s.office = &office{
		account: a, voice: s.voice,
		desk:   system.NewDesk(s.voice, a, s.author),
		herald: system.NewHerald(s.voice, a, s.author, s.identity.id),
	}
	s.env.Witness = witness{s}
	if err := s.serveRequests(); err != nil {
		return err
	}
	if s.tenants != nil {
		if err := s.tenants.serveRequests(); err != nil {
			return err
		}
	}
	s.office.own = a.Interest.Len()
	return nil
}

// newMonitor makes the documents of the monitoring endpoints and of requests to
// the system account.
func (s *Server) newMonitor(o *Options) *monitor.Monitor {
	return monitor.New(monitor.Config{
		Server: facts{s}, Connections: facts{s}, Accounts: facts{s}, JetStream: streamFacts{s},
		BasePath: o.Monitor.BasePath, Args: config.RedactArgs(commandLine()), Warnf: s.env.Log.Warnf,
	})
}

// witness publishes who comes and goes. It implements [client.Witness].
type witness struct{ s *Server }

// Entered implements [client.Witness].
func (w witness) Entered(c *client.Client) {
	if w.s.office.quiet() {
		return
	}
	acc := c.Account()
	w.count(acc)
	w.s.office.herald.Connected(acc.Name, func() document.Client { return c.Document(time.Time{}) })
}

// Left implements [client.Witness].
func (w witness) Left(c *client.Client, reason protocol.CloseReason) {
	if w.s.office.quiet() {
		return
	}
	acc := c.Account()
	w.count(acc)
	w.s.office.herald.Disconnected(acc.Name, func() system.Departure { return departure(c, reason) })
}

// Refused implements [client.Witness].
func (w witness) Refused(c *client.Client, reason protocol.CloseReason) {
	w.s.office.herald.Refused(func() system.Departure { return departure(c, reason) })
}

// count tells how many clients an account has now. That of clients which nobody
// asks who they are is not worth a word.
func (w witness) count(a *account.Account) {
	if a.Name != account.Global {
		w.s.office.herald.Connections(a.Name, func() any { return w.s.accountStat(a) })
	}
}

func departure(c *client.Client, reason protocol.CloseReason) system.Departure {
	in, out := c.Traffic()
	return system.Departure{
		Client: c.Document(time.Now()), Reason: reason.String(),
		Sent: system.Volume(in), Received: system.Volume(out),
	}
}

// accountStat is what an account's clients add up to.
func (s *Server) accountStat(a *account.Account) monitor.AccountStat {
	m := s.env.Registry.Of(a)
	return monitor.AccountStat{
		Account: a.Name, Name: a.Label(), Conns: a.Members(), TotalConns: a.Members(), NumSubs: a.Interest.Len(),
		Sent:     monitor.DataStats{MsgBytes: monitor.MsgBytes(m.Out)},
		Received: monitor.DataStats{MsgBytes: monitor.MsgBytes(m.In)},
	}
}

const (
	// heartbeat is how often the numbers of connections are published.
	heartbeat = 30 * time.Second
	// systemRetry is how often a system account is looked for that was not to be
	// had when the server started.
	systemRetry = time.Second
	// firstStatistics is when the figures of a server are published first;
	// the time doubles until it is statisticsPeriod.
	firstStatistics  = 250 * time.Millisecond
	statisticsPeriod = 10 * time.Second
)

// report publishes figures until done is closed.
func (o *office) report(s *Server, done <-chan struct{}) {
	wait := firstStatistics
	figures, beat := time.NewTimer(wait), time.NewTicker(heartbeat)
	retry := time.NewTicker(systemRetry)
	defer figures.Stop()
	defer beat.Stop()
	defer retry.Stop()
	for {
		select {
		case <-done:
			return
		case <-retry.C:
			if s.tenants == nil || s.tenants.retrySystem() {
				retry.Stop()
			}
		case <-figures.C:
			o.herald.Statistics(func() any { return s.monitor.Statsz() })
			wait = min(2*wait, statisticsPeriod)
			figures.Reset(wait)
		case <-beat.C:
			for _, a := range s.accounts.All() {
				if a.Name != account.Global && a.Members() > 0 {
					o.herald.Connections(a.Name, func() any { return s.accountStat(a) })
				}
			}
		}
	}
}
