// Package door lets connections in: whatever they came by, they are asked here
// who they are, and get an identity and an account or a refusal. Start with
// [Door.Admit].
//
// What is decided is package auth's; this package knows the accounts of the
// server and swaps users and accounts when the configuration changes.
package door
