// Parity writes server/docs/parity.md: what of the reference server's
// behaviour is proved for dunlin, by subsystem.
//
// Nothing in the page is typed by hand. Its rows are the scenarios of the wire
// scripts and the names of the test functions; whether one holds is taken from
// a run of the tests:
//
//	go test -json ./tests/... > results.json
//	go run ./tests/parity -results results.json          # write the page
//	go run ./tests/parity -results results.json -check   # compare, for CI
//	go run ./tests/parity -check                         # compare names only
//
// Without results the command compares names only, which takes no time.
//
// Reading order: collect.go (what there is), results.go (what holds),
// page.go (the page), main.go.
package main
