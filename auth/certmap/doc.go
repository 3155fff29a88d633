// Package certmap finds the user that a TLS certificate stands for.
//
// A certificate names its holder in several ways: by e-mail addresses, DNS
// names and URIs, and by its subject, a distinguished name that is written in
// more than one form. Names are tried in one fixed order, and the first that is
// a user wins. Start with [Index.Find]; [ParseDN] reads distinguished names as
// configurations write them (RFC 4514).
//
// Only the first certificate of a peer counts: it is the one whose private key
// the handshake proved. Whoever calls Find has verified its chain.
package certmap
