//go:build race

package wsconn

// raceEnabled says that allocations cannot be counted: the race detector adds its
// own, and empties pools.
const raceEnabled = true
