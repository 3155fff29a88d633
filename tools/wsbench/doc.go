// Command wsbench compares wsframe with the four WebSocket libraries that Go
// programs use most, in one run on the machine that it runs on.
//
//	go run ./tools/wsbench                   # everything; takes a few minutes
//	go run ./tools/wsbench -works 'read.*'   # some of the work only
//	go run ./tools/wsbench -list             # what there is
//
// It prints the table that stands in the README of wsframe. Every cell is the median
// of several rounds. In a round all libraries do the same work right after one
// another, so the last column, which divides ours by the fastest of the others,
// is the median of the rounds' own ratios: the two numbers share the machine's mood.
//
// Nothing leaves the process: connections are in memory, so that what is measured is the library and not
// the kernel, which is the same for all. The other side of this is that a write costs
// nothing that does not copy, and that a system call, which a library makes less
// or more often, is free.
//
// # Where things are
//
// Package libs has the libraries behind one interface, package contest the work
// and its benchmarks, package memconn the connections. Here main.go has the
// flags, rounds.go measures, table.go writes Markdown.
package main
