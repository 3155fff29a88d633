package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/dunlin-mq/dunlin/auth/jwtauth"
	"github.com/dunlin-mq/dunlin/jetstream"
	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/jsbus"
)

// openJetStream opens the streams and connects them to their accounts, if there are to
// be any.
func (s *Server) openJetStream() error {
	o := s.Options()
	js := &o.JetStream
	if !js.Enabled {
		return nil
	}
	dir := storeDir(o)
	if js.StoreDir == "" && o.StoreDir == "" {
		s.env.Log.Warnf("Temporary storage directory used, data could be lost on system reboot")
	}
	s.env.Log.Infof("Starting JetStream")
	api.Version = ReferenceVersion
	e, err := jetstream.Open(jetstream.Config{
		FS: vfs.OS(), Dir: filepath.ToSlash(dir), ServerName: s.Name(), Domain: js.Domain,
		MaxMemory: orUnlimited(js.MaxMemory), MaxStore: orUnlimited(js.MaxFile), SyncInterval: js.Sync,
		Limits: jetstream.Limits{
			MaxAckPending: max(js.Limits.MaxAckPending, 0), MaxRequestBatch: js.Limits.MaxRequestBatch,
			DuplicateWindow: js.Limits.DuplicateWindow, MaxConsumers: js.Limits.DefaultMaxConsumers,
		},
		Lenient: js.Lenient, MaxBufferedMsgs: js.MaxBufferedMsgs, MaxBufferedSize: int(js.MaxBufferedSize),
		Log: slog.New(engineLog{s}),
	})
	if err != nil {
		return fmt.Errorf("can not start JetStream: %w", err)
	}
	s.env.Log.Infof("  Store Directory: %q", dir)
	s.attaching.Lock()
	s.jetStream, s.buses = e, make(map[*account.Account]*jsbus.Bus)
	err = s.attachAccounts(o)
	s.attaching.Unlock()
	if s.tenants != nil {
		s.tenants.attachAll()
	}
	return err
}

// storeDir is where the data of streams is.
func storeDir(o *Options) string {
	dir := o.JetStream.StoreDir
	if dir == "" {
		dir = o.StoreDir
	}
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "nats")
	}
	return filepath.Join(dir, "jetstream")
}

// orUnlimited makes 0 no limit.
func orUnlimited(n int64) int64 {
	if n == 0 {
		return -1
	}
	return n
}

// attachAccounts connects the streams of each account, or has its requests told that
// it may not have any. After a reload it does so for accounts that are new, and changes
// the limits of others.
func (s *Server) attachAccounts(o *Options) error {
	if s.jetStream == nil {
		return nil
	}
	limits := make(map[string]config.AccountJetStream)
	for i := range o.Accounts {
		limits[o.Accounts[i].Name] = o.Accounts[i].JetStream
	}
	for _, a := range s.accounts.All() {
		l, configured := limits[a.Name]
		var err error
		switch {
		case a.Name == o.SystemAccount, s.tenants != nil:
			continue
		case a.Name == account.Global && !configured:
			err = s.attachAccount(a, map[string]api.AccountLimits{"": api.NoLimits()})
		case !l.Enabled:
			err = s.attachAccount(a, nil)
		default:
			err = s.attachAccount(a, map[string]api.AccountLimits{"": {
				MaxMemory: l.MaxMemory, MaxStore: l.MaxStore, MaxStreams: l.MaxStreams, MaxConsumers: l.MaxConsumers,
				MaxAckPending: l.MaxAckPending, MemoryMaxStreamBytes: l.MemMaxStreamBytes, StoreMaxStreamBytes: l.DiskMaxStreamBytes,
				MaxBytesRequired: l.MaxBytesRequired,
			}})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attachAccount connects one account. limits are by tier, under "" without tiers; nil
// lets it have no streams.
func (s *Server) attachAccount(a *account.Account, limits map[string]api.AccountLimits) error {
	acc := s.jetStream.Account(a.Name)
	all, flat := limits[""]
	if flat || limits == nil {
		limits = nil
	}
	off := !flat && limits == nil
	bus, known := s.buses[a]
	if !known {
		bus = jsbus.New(a)
		s.buses[a] = bus
	}
	if off {
		return acc.Refuse(bus)
	}
	return acc.Attach(bus, all, limits)
}

// attachTenant connects an account as its JWT allows.
func (s *Server) attachTenant(a *account.Account, claims *jwtauth.Account) {
	s.attaching.Lock()
	defer s.attaching.Unlock()
	if s.jetStream == nil || a.Name == s.Options().SystemAccount {
		return
	}
	var limits map[string]api.AccountLimits
	for name, l := range claims.JetStream() {
		if limits == nil {
			limits = make(map[string]api.AccountLimits)
		}
		limits[name] = api.AccountLimits{
			MaxMemory: l.Memory, MaxStore: l.Store, MaxStreams: int(l.Streams), MaxConsumers: int(l.Consumers),
			MaxAckPending: int(l.MaxAckPending), MemoryMaxStreamBytes: l.MemoryMaxStreamBytes, StoreMaxStreamBytes: l.StoreMaxStream,
			MaxBytesRequired: l.MaxBytesRequired,
		}
	}
	if err := s.attachAccount(a, limits); err != nil {
		s.env.Log.Errorf("JetStream is not to be had for account [%s]: %v", a.Name, err)
	}
}

// closeJetStream ends the streams: those who wait for messages are told.
func (s *Server) closeJetStream() {
	if s.jetStream == nil {
		return
	}
	if err := s.jetStream.Close(); err != nil {
		s.env.Log.Errorf("JetStream did not end well: %v", err)
	}
}

// engineLog writes what the engine says to the log of the server. It implements
// slog.Handler.
type engineLog struct{ s *Server }

// Enabled implements slog.Handler.
func (engineLog) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler.
func (h engineLog) Handle(_ context.Context, r slog.Record) error {
	text := "JetStream: " + r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += fmt.Sprintf(", %s %v", a.Key, a.Value)
		return true
	})
	switch {
	case r.Level >= slog.LevelError:
		h.s.env.Log.Errorf("%s", text)
	case r.Level >= slog.LevelWarn:
		h.s.env.Log.Warnf("%s", text)
	default:
		h.s.env.Log.Infof("%s", text)
	}
	return nil
}

// WithAttrs implements slog.Handler; the engine does not use it.
func (h engineLog) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements slog.Handler; the engine does not use it.
func (h engineLog) WithGroup(string) slog.Handler { return h }
