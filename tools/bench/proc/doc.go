// Package proc starts a messaging server as a child process and reads what the operating system
// knows about it: processor time and resident memory.
//
// Start with Server (server.go): Start waits until the server greets on its port, Stop kills it,
// reaps it and removes its directory. Both servers of a comparison get the same arguments, the
// same configuration file (with a WebSocket listener if the workload needs one) and the
// environment of the tool itself.
//
// Processor time is user plus system time of the whole process, exited threads included, in
// nanoseconds: on Linux the process clock of clock_gettime(2), which is what /proc/PID/stat
// shows, without its rounding to 10 ms ticks. Resident memory is Rss of /proc/PID/smaps_rollup,
// which counts pages, where VmRSS of /proc/PID/status may lag behind. Elsewhere both answer
// ErrUnsupported.
//
// One goroutine per server waits for the child to exit; Stop waits for it.
package proc
