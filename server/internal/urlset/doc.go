// Package urlset keeps the addresses that clients are told they may connect
// to: a server's own and those it learns from others. Several servers, or
// several connections to one, may name the same address; it stays until the
// last of them has taken it back. Start with [Set].
package urlset
