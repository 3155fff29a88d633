// Package memo remembers what bytes were compressed to while one publisher
// flushes many receivers: clients that run the same program give their
// subscriptions the same numbers, so they are sent the same bytes.
package memo
