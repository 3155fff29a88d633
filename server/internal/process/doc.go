// Package process is about the server as a process: the files that tell
// others its number and its ports, and the signals by which they steer it.
package process
