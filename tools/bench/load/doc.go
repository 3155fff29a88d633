// Package load drives a messaging server with raw sockets and measures what that costs it.
//
// It speaks just enough of the NATS client protocol to be cheap: on a machine where the load and
// the server share the processor cores, every cycle spent here is one the server does not get.
// Publishers write batches encoded once (Batch); subscribers hop from message to message without
// parsing them, because all messages of a run have the same length (Scanner). Nothing allocates
// while a measurement runs, except where connections are made.
//
// Reading order: Measurement and Server (measure.go) are what goes in and out; Stream (stream.go,
// wiring.go) is the publish/subscribe run behind most workloads; RequestReply (request.go) and Idle
// (idle.go) are the others. WebSocketFan (wsfan.go, audit.go), WebSocketPublish (wspublish.go) and
// Upgrades (upgrade.go) are for WebSocket clients. A session (session.go) owns the connections and
// goroutines of a run. Below it are publisher and window (publish.go), Batch (batch.go), subscriber
// (subscribe.go), Scanner (scan.go), Progress (progress.go) and Conn (conn.go), which speaks over
// a Transport; package ws is the WebSocket client. What payloads are says content (content.go,
// documents.go).
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
// byte, and the count. Where looking would cost too much, most subscribers are trusted for the
// measured span (see WebSocketFan): before it they have verified and counted everything, and it
// ends when each of them has got the message that was published last.
//
// # Goroutines
//
// One per subscriber, which runs until its connection is closed; one per publisher connection for
// what the server answers, and one per publisher while it publishes. The run that started them
// waits for all of them. The first error cancels the run's context, which closes the connections.
package load
