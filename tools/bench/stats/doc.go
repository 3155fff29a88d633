// Package stats holds the little arithmetic that the benchmark tool needs: the summary of a few
// repeated measurements (Summary) and a fixed-size latency histogram (Hist).
//
// It owns no goroutines and no locks; a Hist belongs to the goroutine that adds to it.
package stats
