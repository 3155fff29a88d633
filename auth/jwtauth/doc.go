// Package jwtauth decides about users whom an operator's JWTs vouch for: an
// operator signs accounts, an account signs users, and a server that trusts the
// operator needs no list of them.
//
// Everything is a value and every decision a function of what it is given, the
// time included: fetching an account's JWT is the caller's business. Start with
// [Operators], which says whose signature counts, [DecodeAccount] and
// [Authenticator]. [Account.Review] decides anew about somebody who is in.
//
// The formats are those of github.com/nats-io/jwt/v2.
package jwtauth
