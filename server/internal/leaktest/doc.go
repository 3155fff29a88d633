// Package leaktest is for TestMain: it fails a test run that leaves goroutines
// of this module, or anything else that was lent out, behind. Start with
// [Run].
package leaktest
