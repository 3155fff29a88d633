// Package router is the publish path: it maps the subject, matches it against
// the interest of the account, chooses one member of every queue group and
// delivers. [Map] and [Route] are all of it; they take no lock and allocate
// nothing.
//
// traced.go is the same path for the rare message whose publisher wants to
// know what becomes of it.
package router
