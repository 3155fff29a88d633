// Package process holds tests of the server as a process: arguments and exit
// codes, the configuration check, signals, and the files it writes.
package process
