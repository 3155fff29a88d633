// Package config turns a configuration file, command-line flags and defaults
// into one [Options] value, and says what may change between two of them.
//
// Everything the package knows about an option is one row of the table that
// [Table] returns: its names, type, default, bounds, whether a reload may
// change it, a sentence for the reader, and where its value lives in [Options].
// Reading a file, checking it, the flags, the reload difference, the reference
// page and the redaction of secrets all walk that table.
//
// # What to call
//
//   - [Load] reads a file; [Check] is what `-t` does; [Parse] reads text.
//   - [ParseArgs] reads a command line; [CommandLine.Load] puts its flags over
//     the file, at start and again at every reload.
//   - [Options.WithDefaults] fills what was left open, [Options.Validate] checks
//     what concerns several options at once.
//   - [Diff] compares the running options with new ones.
//
// # Where to start reading
//
// options.go has the result and table.go the shape of a row. The rows stand in
// table_core.go, table_process.go, table_tls.go, table_websocket.go and, for features
// that this version does not have yet, table_later*.go; features.go says which
// those are.
// decode.go walks a parsed file (package syntax) along the rows, kind.go and
// bind.go are how a row reads and holds its value.
//
// The package starts no goroutines and has no state but its tables, which never
// change after initialisation. It reads the files that a configuration names:
// includes, certificates and keys.
package config
