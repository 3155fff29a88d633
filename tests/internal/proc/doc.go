// Package proc runs servers as processes for black-box tests.
//
// A [Target] is a server program: [Dunlin], built from the working tree once
// per test process, or [Reference], the reference server at the pinned version
// [ReferenceVersion], installed once into the user's cache folder. [Start]
// runs a target on random loopback ports and waits until its listeners are
// ready ([Launch] does not wait); the returned [Server] gives the addresses,
// the log and the exit code and is killed when the test ends. [Run] is for
// commands that end by themselves, and [CLI] for the command-line client of
// the ecosystem. [Each] runs a test against both programs, [EachWay] also over
// each [Way] that clients may take.
//
// Every test package that uses proc calls [Main] from its TestMain, which
// removes what was built.
//
// Reading order: target.go, server.go, way.go, log.go.
package proc
