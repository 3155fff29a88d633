// Package auth plays the ways in and the walls between accounts with real clients
// against the real program, and against the reference server: both have to do the
// same. tree_test.go makes operators, accounts and users.
package auth
