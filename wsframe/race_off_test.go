//go:build !race

package wsframe

// raceEnabled says that allocations can be counted.
const raceEnabled = false
