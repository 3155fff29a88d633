//go:build race

package router

// underRace is true where allocations are not what they are otherwise.
const underRace = true
