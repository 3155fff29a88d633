// Package api holds the requests, answers and errors of the JetStream API as values.
package api
