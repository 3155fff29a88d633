package server

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/dunlin-mq/dunlin/server/internal/logging"
)

// logConfig translates the log options.
func logConfig(o *Options) logging.Config {
	l := &o.Log
	cfg := logging.Config{
		Debug: l.Debug, Trace: l.Trace, JSON: l.JSON, NoTime: l.NoTime, UTC: l.UTC,
		Discard: l.NoLog, File: l.File, SizeLimit: l.SizeLimit, MaxFiles: l.MaxFiles,
		Syslog: l.Syslog, RemoteSyslog: l.RemoteSyslog,
	}
	if l.Handler != nil && !l.NoLog {
		cfg.Sink = slogSink{l.Handler}
	}
	return cfg
}

// logStart says who is starting.
func (s *Server) logStart() {
	o, log := s.Options(), s.env.Log
	log.Infof("Starting dunlin")
	log.Infof("  Version:  %s (compatible with nats-server %s)", Version(), ReferenceVersion)
	log.Infof("  Name:     %s", s.Name())
	log.Infof("  ID:       %s", s.ID())
	s.logFeatures(o.FeatureFlags)
	s.warnAccess(nil, o)
	if o.File != "" {
		log.Infof("Using configuration file: %s (%s)", o.File, o.Digest)
	}
	if s.tenants != nil {
		s.tenants.logOperators()
	}
	if o.Limits.MaxPayload > largePayload {
		log.Warnf("Maximum payloads over %.2f MB are generally discouraged and could lead to poor performance", float64(largePayload)/(1<<20))
	}
}

// largePayload is the max_payload in bytes above which a warning is logged.
const largePayload = 8 << 20

// ReopenLog opens the log file anew, after somebody has moved it away.
func (s *Server) ReopenLog() {
	if s.Options().Log.File == "" {
		s.env.Log.Infof("File log re-open ignored, not a file logger")
		return
	}
	if err := s.env.Log.Reopen(); err != nil {
		s.env.Log.Errorf("Unable to re-open %s: %v", filepath.Base(s.Options().Log.File), err)
		return
	}
	s.env.Log.Infof("File log re-opened")
}

// slogSink gives the log of an embedded server to log/slog.
type slogSink struct{ handler slog.Handler }

// slogLevels are the levels that log lines get, by their own.
var slogLevels = map[logging.Level]slog.Level{
	logging.Info: slog.LevelInfo, logging.Warn: slog.LevelWarn, logging.Error: slog.LevelError,
	logging.Debug: slog.LevelDebug, logging.Trace: slog.LevelDebug - 4, logging.Fatal: slog.LevelError + 4,
}

// Log implements [logging.Sink].
func (s slogSink) Log(r logging.Record) {
	ctx, level := context.Background(), slogLevels[r.Level]
	if !s.handler.Enabled(ctx, level) {
		return
	}
	rec := slog.NewRecord(r.Time, level, r.Text, 0)
	if c := r.Conn; c != nil {
		rec.AddAttrs(slog.String("remote", c.Remote), slog.Uint64(c.Kind, c.ID))
	}
	// A handler that fails has nobody to tell.
	_ = s.handler.Handle(ctx, rec)
}

// hostPort joins an address as log lines show it.
func hostPort(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// LogSignal logs that the process got a signal.
func (s *Server) LogSignal(sig os.Signal) { s.env.Log.Infof("Trapped %q signal", sig) }
