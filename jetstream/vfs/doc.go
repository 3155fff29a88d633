// Package vfs is the file system as the log and the stores see it: OS is the real
// one, Memory one in which the power can be cut and everything can fail. Start with
// FS.
package vfs
