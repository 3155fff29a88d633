package logging

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Config says what is logged, how and where. The first destination that is set
// is the only one: Sink, Discard, File, RemoteSyslog, Syslog; standard error if
// none is. The zero value logs text to standard error.
type Config struct {
	Debug  bool
	Trace  bool
	JSON   bool
	NoTime bool // leave the time out of text lines
	UTC    bool // times in UTC instead of local time

	Sink         Sink
	Discard      bool
	File         string // appended to, created with mode 0640
	SizeLimit    int64  // bytes after which File is rotated; 0 means never
	MaxFiles     int    // files kept, File included; 0 means all
	RemoteSyslog string // udp://host:port, tcp://host:port or unix:///path
	Syslog       bool   // the syslog daemon of this machine
	Tag          string // program name for syslog; empty means that of the process

	// Stderr is where lines go without or instead of another destination; nil
	// means the process's.
	Stderr io.Writer
}

// Record is one line before it is formatted.
type Record struct {
	Time  time.Time
	Level Level
	Conn  *Conn  // the connection that it is about, or nil
	Text  string // as the server said it: bytes from clients may be in it
}

// Sink takes the log of a server that is embedded in another program.
type Sink interface {
	// Log is called from any goroutine, for lines of enabled levels only. It
	// must not block.
	Log(r Record)
}

func (c Config) stderr() io.Writer {
	if c.Stderr != nil {
		return c.Stderr
	}
	return os.Stderr
}

func (c Config) tag() string {
	if c.Tag != "" {
		return c.Tag
	}
	return filepath.Base(os.Args[0])
}

// sameDestination says whether lines go where they went under old, so that what
// is open stays open.
func (c Config) sameDestination(old Config) bool {
	return c.Sink == nil && old.Sink == nil && c.Discard == old.Discard && c.File == old.File &&
		c.SizeLimit == old.SizeLimit && c.MaxFiles == old.MaxFiles && c.RemoteSyslog == old.RemoteSyslog &&
		c.Syslog == old.Syslog && c.Tag == old.Tag && c.Stderr == old.Stderr
}

// open opens the destination. It returns nil for a sink and for none.
func (c Config) open() (destination, error) {
	switch {
	case c.Sink != nil || c.Discard:
		return nil, nil
	case c.File != "":
		return openFile(c.File, c.SizeLimit, c.MaxFiles)
	case c.RemoteSyslog != "":
		return dialRemoteSyslog(c.RemoteSyslog, c.tag())
	case c.Syslog:
		return dialLocalSyslog(localSockets, c.tag())
	default:
		return stream{c.stderr()}, nil
	}
}

// encoder returns the format of the lines for the destination.
func (c Config) encoder() encoder {
	e := encoder{pid: os.Getpid(), json: c.JSON, noTime: c.NoTime, utc: c.UTC}
	switch {
	case c.File != "":
	case c.RemoteSyslog != "" || c.Syslog:
		e.bare = !c.JSON
	default:
		e.coloured = isTerminal(c.stderr())
	}
	return e
}

// isTerminal says whether w understands ANSI colours.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// destination is where lines go. Its methods are called under core.mu.
type destination interface {
	// write writes one line that ends in a line end.
	write(level Level, line []byte) error
	// maintain does what is due between lines and returns what is to be
	// logged about it.
	maintain() []string
	reopen() error
	close() error
	String() string
}

// stream is a destination that is open before and after us.
type stream struct{ w io.Writer }

func (s stream) write(_ Level, line []byte) error {
	_, err := s.w.Write(line)
	return err
}

func (stream) maintain() []string { return nil }
func (stream) reopen() error      { return nil }
func (stream) close() error       { return nil }
func (stream) String() string     { return "standard error" }
