// Package peercert names the certificates that peers present: in pins, in
// monitoring and in the log. Start with [SPKI].
package peercert
