// Command genref writes the pages that are generated from code. From the root of
// the repository:
//
//	go run ./tools/genref          writes them
//	go run ./tools/genref -check   writes nothing, and fails if one is out of date
//
// The text comes from the packages that know it; pages in main.go says which page
// comes from where.
package main
