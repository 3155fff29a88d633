// Package message holds a published message on its way through the server:
// what the router needs to find its receivers, and the two layouts in which
// they get it. Start with [Message.Load] and [Message.Full].
//
// A [Batch] is what a publisher has to remember while it works through many
// messages at once: whom to flush and whom to wait for.
package message
