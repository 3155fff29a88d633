// Package account holds accounts: name spaces of subjects with the interest
// of their subscribers. Start with [Account]; [Subscriber] is what the rest of
// the server puts into it.
package account
