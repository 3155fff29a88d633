// Package embed holds tests of the server as a library inside a program that
// also uses the ecosystem's client library.
package embed
