//go:build race

package logging

// raceEnabled says that allocations cannot be counted, because the race
// detector makes some.
const raceEnabled = true
