//go:build !race

package proc

// Race tells that dunlin is built with the race detector, under which memory is
// worth several times as much.
const Race = false
