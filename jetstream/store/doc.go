// Package store keeps the messages of one stream: by sequence, by subject, in
// order. It knows neither limits nor consumers, neither JSON nor a clock; the
// stream tells it what to remove.
//
// Start with [Store], which every kind of storage implements, and Filter.
package store
