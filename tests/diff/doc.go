// Package diff plays wire scripts to dunlin and to the reference server.
//
// The scripts stand in testdata/SUBSYSTEM/TOPIC.txt, in the language that
// package internal/script describes. Both programs must answer each scenario
// exactly as it is written; where dunlin differs on purpose, the script says
// so and names a row of server/docs/compat.md. One scenario runs with
//
//	go test ./tests/diff -run 'TestScripts/subscriptions/unsub/.*/dunlin'
//
// Reading order: player.go (a scenario's run), client.go (one connection),
// websocket.go (one that speaks frames).
package diff
