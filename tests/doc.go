// Package tests is the proof from outside: the real binary, real clients, and
// the reference server as a peer that is asked the same questions.
//
//   - diff plays wire scripts to both servers; internal/script is the language
//   - client, cli use the ecosystem's Go library and command-line client
//   - process is about arguments, signals, files and exit codes
//   - monitor compares the monitoring pages
//   - hostile plays peers that mean harm
//   - embed uses the server as a library
//   - parity writes server/docs/parity.md from the names of all these tests
//
// internal/proc builds dunlin, installs the reference once into the user's
// cache folder, and runs both.
package tests
