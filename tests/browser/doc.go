// Package browser holds tests of the WebSocket listener with what it is for: a
// page in headless Chromium that uses the ecosystem's JavaScript client, or a
// WebSocket of its own to see how connections end. Every test runs against
// dunlin and against the reference.
//
// The page is testdata/page. It takes calls from a site that the test serves
// it from, carries them out side by side and posts the results, so that a test
// reads like one of a Go client. One browser serves all tests that run at a
// time.
//
// What is needed is fetched once: the client library as testdata/npm locks it,
// with npm and into the user's cache folder; Chromium from Debian's packages,
// where the tests run as root and find none. Without a browser, without npm
// and under -short the tests are skipped, but where CI is set they fail.
//
// Reading order: page_test.go (a call), site_test.go and browser_test.go (how
// it gets there), install_test.go, then the tests, beginning with
// client_test.go.
package browser
