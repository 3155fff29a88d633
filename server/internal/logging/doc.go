// Package logging writes the server's log: lines in the reference server's
// layout or as JSON objects, to standard error, to a file with rotation, to
// syslog, or to a [Sink] of the embedding program.
//
//	[4711] 2026/11/23 08:38:36.316238 [INF] Server is ready
//	[4711] 2026/11/23 08:38:36.316301 [DBG] 127.0.0.1:52468 - cid:80 - "v1.2:go:name" - Client connection created
//
//	{"time":"2026-11-23T08:38:36.316301Z","level":"debug","pid":4711,"conn":"cid:80","remote":"127.0.0.1:52468",
//	 "client":"v1.2:go:name","msg":"Client connection created"}
//
// (The second is one line, too.) The JSON field names time, level, pid, conn,
// remote, client, user and msg and the level names info, warn, error, debug,
// trace and fatal are a contract.
//
// # Promises
//
// A message may hold bytes that a client sent: line ends and other control
// characters are escaped, so that no client can forge a line or steer a
// terminal. Each line is one write. A destination that fails does not stop
// anyone: its lines go to standard error, which is said once, until it works
// again. Syslog connections have deadlines and are dialled again in the
// background. [Logger.Limited] keeps repeated lines from flooding the log.
//
// # Where to start reading
//
// config.go and logger.go have the API; encode.go and escape.go make lines;
// file.go, rotate.go and syslog.go are the destinations; limit.go is the rate
// limit.
//
// # Goroutines and locks
//
// All methods may be called from any goroutine. core.mu is held while a line is
// written, which keeps lines whole and in order and rotation between them; it
// is a leaf apart from the lock of the syslog connection. A syslog destination
// without a connection owns one goroutine that dials; closing the destination
// waits for it.
package logging
