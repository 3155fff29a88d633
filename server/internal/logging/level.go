package logging

// Level is the severity of a line.
type Level uint8

// The levels. Debug and Trace are off unless the configuration turns them on;
// each is independent of the other.
const (
	Info Level = iota
	Warn
	Error
	Debug
	Trace
	Fatal // what ends the server; logging it does not
)

// levels describes each level in each format.
var levels = [...]struct {
	label    string // in text lines
	name     string // in JSON lines
	colour   string // ANSI code on a terminal
	severity int    // syslog's
}{
	Info:  {"INF", "info", "32", severityNotice},
	Warn:  {"WRN", "warn", "0;93", severityWarning},
	Error: {"ERR", "error", "31", severityError},
	Debug: {"DBG", "debug", "36", severityDebug},
	Trace: {"TRC", "trace", "33", severityNotice},
	Fatal: {"FTL", "fatal", "31", severityCritical},
}

// String returns the three letters that stand for the level in text lines.
func (l Level) String() string { return levels[l].label }

// Name returns the word that stands for the level in JSON lines.
func (l Level) Name() string { return levels[l].name }
