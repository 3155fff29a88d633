//go:build race

package wsframe

// raceEnabled says that allocations cannot be counted: the race detector adds
// its own.
const raceEnabled = true
