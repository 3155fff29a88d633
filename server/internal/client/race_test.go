//go:build race

package client

// underRace is true where allocations are not what they are otherwise.
const underRace = true
