//go:build race

package wstest

// raceEnabled makes as little of everything as -short does: the race detector
// takes ten times as long.
const raceEnabled = true
