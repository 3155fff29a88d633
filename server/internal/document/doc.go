// Package document holds what the JSON documents have in common that the server
// itself publishes: who writes them ([Author]), whom they are about ([Client]),
// their ids and their compression.
package document
