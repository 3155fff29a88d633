// Command archcheck keeps the walls of the house where they are. From the root
// of the repository:
//
//	go run ./tools/archcheck
//
// It reads the source (no type checking, so it also works while the code does
// not build) and reports, one per line as file:line: [rule] message,
//
//   - imports that cross a wall: between modules, out of a module, and between
//     the packages of server;
//   - packages without a doc.go, exported names without a comment;
//   - files, functions and packages that have outgrown a reader;
//   - sleeping tests, init functions, and goroutines or clocks in packages that
//     promise to have none;
//   - committed text that names a private place.
//
// It exits with 1 if there is anything to report and with 2 if it could not do
// its work.
//
// Read rules.go: everything that may change stands in its tables, with the
// reason. One line can be excused from one rule where it stands:
//
//	time.Sleep(d) //archcheck:allow sleep: the kernel gives no event for this
//
// The reason is mandatory, and an excuse that excuses nothing is reported too.
package main
