// Package jsbus connects the persistence engine to the accounts of the server: it
// makes subscribers of what the engine listens to, and routes what it sends. Start
// with Bus.
package jsbus
