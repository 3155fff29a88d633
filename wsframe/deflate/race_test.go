//go:build race

package deflate

// underRace: the race detector allocates, and empties pools, on its own.
const underRace = true
