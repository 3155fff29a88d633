//go:build !race

package sublist

// raceEnabled makes tests smaller: the race detector is slow.
const raceEnabled = false
