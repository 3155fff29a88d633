//go:build !race

package protocol

// raceEnabled says that allocations can be counted.
const raceEnabled = false
