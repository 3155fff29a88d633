// Package system is the server's own voice and ears in its accounts: it
// publishes events, asks services and answers requests. Start with [Voice]; the
// answers are in [Desk], the events in [Herald].
//
// It knows neither connections nor JSON of others: what it tells comes as values
// and functions from the server.
package system
