// Command bench compares dunlin with the reference server on the machine it runs on.
//
//	go run ./tools/bench -install              # fetch the reference once, then measure everything
//	go run ./tools/bench -workloads '1to.*128' # some workloads only
//	go run ./tools/bench -workloads 'ws-.*'    # those of WebSocket clients
//	go run ./tools/bench -list                 # which there are
//	go run ./tools/bench -b PATH               # against another server; or the same: the noise floor
//
// For every workload it starts the two servers in turn, A B A B …, a fresh process each time, and
// drives both with the same load over raw sockets. It reports the server's processor time per
// million messages, throughput, latency and memory as medians over the rounds, and the ratio A/B
// as the median of the rounds' own ratios, because the two halves of a round share the machine's
// mood. Where the project has set itself a target, the report says whether it was met.
//
// # Reading the numbers
//
// Processor time is what to look at: it is user plus system time of the server process over
// exactly the measured messages (see package proc), and it is hardly disturbed by who else uses
// the machine. The load runs on the same cores as the server, so that throughput and the latency
// under full load are upper bounds set by both; under full load latency is mostly the time that a
// message waits in the window (see package load). Messages are deliveries, or publications where
// nobody subscribes, or upgrades where clients do nothing else; CPU seconds per million of them are
// microseconds of each. Before believing a difference, run a server against itself.
//
// # WebSocket workloads
//
// A z at the end of an ID says that clients have negotiated compression. Payloads are JSON
// documents of exactly the size named, all different; half of the subscribers share a subscription
// ID, the others have their own. In ws-fan workloads messages come as fast as the subscribers take
// them, so that servers send and compress many at a time; in ws-alone workloads each is sent by
// itself. Their clients inflate every message, which keeps the load busier than the server and shows
// in "load CPU / server CPU": compare processor times there and nothing else. ws-upgrade clients
// hang up without a close frame once they have got INFO. All servers offer compression; who does
// not want it does not ask.
//
// # Where things are
//
// main.go has the flags, servers.go finds or builds the two programs, workloads.go and websocket.go
// are the table of workloads, targets.go says what a target is, rounds.go runs a workload,
// report.go writes Markdown, record.go is the JSON form. Package load makes the load, package proc
// runs servers, package stats does the arithmetic.
package main
