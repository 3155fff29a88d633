// Package server is an embeddable NATS server.
//
// [New] takes [Options] and [Server.Run] serves until its context ends:
//
//	srv, err := server.New(server.Options{Port: -1})
//	...
//	go srv.Run(ctx)
//	<-srv.Ready()
//	nc, err := net.Dial("tcp", ...) // or srv.InProcessConn()
//
// Nothing is global: any number of servers run in one process.
//
// Run in server.go is the place to start reading; a new connection comes in at
// accept.go, a new configuration at reload.go.
//
// # Goroutines
//
// Run has one goroutine that accepts, one for each connection, and whatever
// the monitoring port needs. It returns when all of them have ended.
//
// # Shutdown
//
// When the context ends, or [Server.Shutdown] is called, the listeners close
// first, then all clients, then monitoring, then the log. A lame duck
// ([Server.LameDuck]) asks its clients to go elsewhere and closes the rest one
// by one before that.
package server
