// Package sublist is the interest index of a messaging server: it maps
// subjects to the subscribers that want their messages.
package sublist
