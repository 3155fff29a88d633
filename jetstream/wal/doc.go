// Package wal is the write-ahead log that all streams share.
package wal
