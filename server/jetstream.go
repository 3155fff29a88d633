package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

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
	s.jetStream = e
	s.env.Log.Infof("  Store Directory: %q", dir)
	return s.attachAccounts(o)
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
// it may not have any.
func (s *Server) attachAccounts(o *Options) error {
	limits := make(map[string]config.AccountJetStream)
	for i := range o.Accounts {
		limits[o.Accounts[i].Name] = o.Accounts[i].JetStream
	}
	for _, a := range s.accounts.All() {
		if a.Name == o.SystemAccount {
			continue
		}
		l, configured := limits[a.Name]
		if err := s.attachAccount(a, l, a.Name == account.Global && !configured); err != nil {
			return err
		}
	}
	return nil
}

// attachAccount connects one account. free says that it has no limits.
func (s *Server) attachAccount(a *account.Account, l config.AccountJetStream, free bool) error {
	acc := s.jetStream.Account(a.Name)
	bus := jsbus.New(a)
	switch {
	case free:
		return acc.Attach(bus, api.NoLimits(), nil)
	case !l.Enabled:
		return acc.Refuse(bus)
	}
	return acc.Attach(bus, api.AccountLimits{
		MaxMemory: l.MaxMemory, MaxStore: l.MaxStore, MaxStreams: l.MaxStreams, MaxConsumers: l.MaxConsumers,
		MaxAckPending: l.MaxAckPending, MemoryMaxStreamBytes: l.MemMaxStreamBytes, StoreMaxStreamBytes: l.DiskMaxStreamBytes,
		MaxBytesRequired: l.MaxBytesRequired,
	}, nil)
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
