// Package vfs is the file system as the log and the stores see it, so that a test can cut the power after every operation.
package vfs
