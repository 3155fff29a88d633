// Package monitor holds tests of the HTTP monitoring endpoints. Most of them
// ask dunlin and the reference the same question in the same situation and
// compare the whole answers; only what is different by nature (ids, times,
// ports, loads) is compared by its type.
package monitor
