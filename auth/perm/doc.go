// Package perm holds compiled permissions: which subjects a user may publish
// and subscribe to. Start with [Compile].
package perm
