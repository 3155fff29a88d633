// Package syntax reads the configuration language: a relaxed superset of JSON
// with comments, includes, variables and size suffixes. It knows the language
// and nothing of the options written in it.
//
// [ParseFile] and [Parse] turn text into a [Map]: entries in the order in which
// they were written, each with the position of its key, so that whoever reads
// options from the tree can point at the line. [Digest] condenses a tree to the
// hash by which a server names its configuration.
//
// The language in short:
//
//	# comment            // comment
//	port: 4222           host = "127.0.0.1"      debug true
//	max_payload: 1MB     ping_interval: "2m"     expires = 2026-01-02T15:04:05Z
//	cluster { name: east, routes = [ nats://a:6222 nats://b:6222 ] }
//	key (
//	  raw text
//	)
//	include "users.conf"
//	PASS = secret        password: $PASS         token: $TOKEN_FROM_ENVIRONMENT
//
// The meaning of every text that the reference server accepts is the same here,
// except for what it plainly misreads: [1,2] is an array, the quote in it's is
// an error instead of being dropped, and so is a size that overflows 64 bits.
// Error messages have its words, too; [Error] adds the exact place.
//
// # Bounds
//
// Text comes from an operator, yet through templates, includes and environment
// variables; [Options] bounds its size (counting every use of a variable, so
// that variables cannot multiply), nesting and include depth. Parsing takes
// time linear in those bounds.
//
// # Where to start reading
//
// value.go has the tree, parser.go the grammar, scan.go the characters,
// scalar.go and number.go what a word means, reference.go variables and
// include.go included files. The package starts no goroutines and keeps no state between
// calls.
package syntax
