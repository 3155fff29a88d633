// Package client is a NATS client's session: it turns the bytes of one
// connection into commands and carries them out.
//
// [Client.Receive] is the place to start: the read loop of the connection
// calls it with what it read. From there publish.go, subscribe.go and
// connect.go hold one verb each. The other direction is [account.Subscriber]
// in subscribe.go, called by other clients' read loops. liveness.go has the
// timer, end.go what happens when a session is over.
//
// # Goroutines and locks
//
// A Client is driven by the read loop of its connection. Other goroutines
// deliver to its subscriptions, close it, or look at it for monitoring; what
// they share with the read loop is atomic or guarded by Client.mu, a leaf
// lock under which nothing else is called.
package client
