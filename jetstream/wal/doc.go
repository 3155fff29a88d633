// Package wal is the write-ahead log that all streams share: one file is written,
// and synced once for everything that arrived during the last sync.
//
// Start with [Open], then Append and Commit. segment.go has the format of the
// files, writer.go the goroutine that writes, replay.go what is read again after a
// restart and how it tells a torn end from damage.
package wal
