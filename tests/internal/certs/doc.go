// Package certs makes the certificates that TLS tests need, at run time: one
// authority, a server certificate for localhost and 127.0.0.1, and a client
// certificate. Read certs.go.
package certs
