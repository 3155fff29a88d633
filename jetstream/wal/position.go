package wal

// Position is a place in the log, in bytes from its beginning: it only grows, and
// stays valid when old files of the log go.
type Position uint64
