// Package load drives a messaging server with raw sockets and measures what that costs it.
//
// It speaks just enough of the NATS client protocol to be cheap: on a machine where the load and
// the server share the processor cores, every cycle spent here is one the server does not get.
// Publishers write batches encoded once (Batch); subscribers hop from message to message without
// parsing them, because all messages of a run have the same length (Scanner). Nothing allocates
// while a measurement runs.
//
// Reading order: Measurement and Server (measure.go) are what goes in and out; Stream (stream.go,
// wiring.go) is the publish/subscribe run behind most workloads; RequestReply (request.go) and Idle
// (idle.go) are the others. A session (session.go) owns the connections and goroutines of a run.
// Below it are publisher and window (publish.go), Batch (batch.go), subscriber (subscribe.go),
// Scanner (scan.go), Progress (progress.go) and Conn (conn.go).
//
// # Flow control
//
// Neither server may be driven into cutting off a slow consumer: that would compare policies. A
// publisher therefore waits before it is more than a window ahead of the slowest subscriber; the
// window is the same for both servers. Progress is the meeting point.
//
// # What is verified
//
// Every message's position (its first byte must be where the previous one ended), the header,
// order and sequence number of one message per read, the first and the last message byte for
// byte, and the count.
//
// # Goroutines
//
// One per subscriber, which runs until its connection is closed; one per publisher connection for
// what the server answers, and one per publisher while it publishes. The run that started them
// waits for all of them. The first error cancels the run's context, which closes the connections.
package load
