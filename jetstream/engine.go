package jetstream

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/jetstream/vfs"
	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// Config is what an engine needs to know. Limits that are 0 are none.
type Config struct {
	FS  vfs.FS
	Dir string // where everything is kept; made if it is not there

	ServerName    string
	ServerVersion string
	Domain        string // empty for none

	MaxMemory int64 // bytes of all streams in memory; negative is no limit
	MaxStore  int64 // bytes of all streams in files; negative is no limit
	// SyncInterval is how often the log is synced; 0 syncs before anything is
	// acknowledged.
	SyncInterval time.Duration

	Limits Limits
	// Lenient lets requests have fields that nobody knows.
	Lenient bool
	// MaxBufferedMsgs and MaxBufferedSize bound what may wait to be stored in one
	// stream, in messages and bytes.
	MaxBufferedMsgs int
	MaxBufferedSize int
	MaxPayload      int // bytes of a message, as the server takes them

	Log *slog.Logger
	// Now is the clock; nil is that of the machine.
	Now func() time.Time
}

// Limits are those of the server, for every account.
type Limits struct {
	MaxAckPending   int           // of a consumer
	MaxRequestBatch int           // of a pull request
	DuplicateWindow time.Duration // of a stream
	MaxConsumers    int           // of a stream that says nothing of it; negative is no limit
	BatchPerStream  int           // atomic batches that are being published
	BatchTotal      int
	BatchMessages   int           // of one atomic batch
	BatchInactivity time.Duration // after which one is given up
}

// Engine holds the streams of all accounts of a server.
type Engine struct {
	cfg    Config
	log    *wal.Log
	unlock func() error

	memory, storage atomic.Int64 // bytes in use

	mu       sync.RWMutex
	accounts map[string]*Account // guarded by mu
	closed   bool                // guarded by mu
	unloaded []string            // guarded by mu

	keeper   keeper // writes checkpoints
	desk     desk
	handlers map[api.Kind]func(*request) (any, *api.Error)
}

// ErrClosed is the error of what comes too late.
var ErrClosed = errors.New("JetStream is shut down")

// Open opens what is kept in the directory, and replays what the log has on top of
// it.
func Open(cfg Config) (*Engine, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{cfg: cfg, accounts: make(map[string]*Account), handlers: handlers()}
	e.desk.free.L = &e.desk.mu
	if err := cfg.FS.MkdirAll(path.Join(cfg.Dir, accountsDir)); err != nil {
		return nil, fmt.Errorf("could not create storage directory: %w", err)
	}
	unlock, err := cfg.FS.Lock(cfg.Dir)
	if err != nil {
		return nil, err
	}
	e.unlock = unlock
	if err := e.open(); err != nil {
		if e.log != nil {
			err = errors.Join(err, e.log.Close())
		}
		return nil, errors.Join(err, unlock())
	}
	e.keeper.start(e)
	return e, nil
}

// Names below the directory of an engine.
const (
	accountsDir = "accounts"
	logDir      = "log"
)

// open opens the log and the streams.
func (e *Engine) open() error {
	var err error
	e.log, err = wal.Open(e.cfg.FS, path.Join(e.cfg.Dir, logDir), wal.Options{Interval: e.cfg.SyncInterval})
	if err != nil {
		return err
	}
	if err := e.sweepRestores(); err != nil {
		return err
	}
	streams, err := e.load()
	if err != nil {
		return err
	}
	if err := e.replay(streams); err != nil {
		return err
	}
	for _, s := range streams {
		if err := s.recovered(); err != nil {
			return err
		}
	}
	return nil
}

// sweepRestores removes copies that were coming in when the last server ended.
func (e *Engine) sweepRestores() error {
	names, err := e.cfg.FS.List(e.cfg.Dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, restorePrefix) {
			if err := e.cfg.FS.Remove(path.Join(e.cfg.Dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Engine) now() time.Time { return e.cfg.Now() }

// Account returns the account of a name, which is made if it is not there yet.
func (e *Engine) Account(name string) *Account {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.accounts[name]
	if a == nil {
		a = newAccount(e, name)
		e.accounts[name] = a
	}
	return a
}

// Accounts returns all accounts, sorted by name.
func (e *Engine) Accounts() []*Account {
	e.mu.RLock()
	defer e.mu.RUnlock()
	all := slices.Collect(maps.Values(e.accounts))
	slices.SortFunc(all, func(a, b *Account) int { return strings.Compare(a.name, b.name) })
	return all
}

// Unloaded names the streams that are in the directory and could not be loaded, as
// "account > stream".
func (e *Engine) Unloaded() []string {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.unloaded
}

// Err returns why nothing can be stored any more; nil while all is well.
func (e *Engine) Err() error { return e.log.Err() }

// Close ends all streams and keeps what is in them.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	e.mu.Unlock()
	e.desk.close()
	for _, a := range e.Accounts() {
		a.Detach()
	}
	e.keeper.stop()
	var errs []error
	for _, a := range e.Accounts() {
		for _, s := range a.Streams() {
			errs = append(errs, s.shut())
		}
	}
	errs = append(errs, e.log.Close(), e.unlock())
	return errors.Join(errs...)
}

// dirOf returns where a stream is kept.
func (e *Engine) dirOf(account, name string) string {
	return path.Join(e.cfg.Dir, accountsDir, escape(account), escape(name))
}

// escape makes a name one that any file system takes, and unescape reverses it.
func escape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_-$=", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func unescape(file string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(file); i++ {
		if file[i] != '%' {
			b.WriteByte(file[i])
			continue
		}
		if i+2 >= len(file) {
			return "", false
		}
		c, err := strconv.ParseUint(file[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(c))
		i += 2
	}
	return b.String(), escape(b.String()) == file
}

// newStore makes or opens the store of a stream.
func (e *Engine) openStore(dir string, compress bool) (*store.File, []byte, error) {
	return store.OpenFile(e.cfg.FS, dir, e.log, store.Options{Compress: compress})
}
