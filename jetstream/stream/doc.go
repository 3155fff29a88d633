// Package stream is the state machine of a stream.
package stream
