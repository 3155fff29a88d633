//go:build race

package conn

// underRace: the race detector allocates on its own.
const underRace = true
