// Package wstest is for testing WebSocket implementations.
//
// [Peer] is an end of a connection that follows a script: it sends any frames,
// legal or not, cut anywhere, and says what comes back. It shares no code with
// what it tests: frames are encoded and decoded here once more, in the plainest
// way.
//
// [Echo] answers as conformance suites expect of a server under test, and the
// command in wstest/echo runs it.
//
// # Conformance
//
// The tests of this package run a case against Echo, over TCP, for each of the 517
// of the Autobahn|Testsuite, under its number: what is sent and what has to come
// back, in our own words. All have to pass strictly: where the suite accepts a
// connection that ends too late or without a close frame, the tests do not.
//
// They are smaller than the suite in these points:
//
//   - 12.* and 13.*, of 1000 messages each, send as many only up to 1 KiB. Of longer
//     ones they send as many as are 1 MiB together, but eight at least.
//   - 9.7.* and 9.8.* count no time: 1000 round trips have to work.
//   - Where the suite waits a second before it sends on, the tests wait until what
//     has to come back by then has come.
//   - The payloads of 12.* are generated: JSON, a bitmap, German text, HTML, and
//     what a PDF file looks like to a compressor.
//   - With -short, and with the race detector, there is a tenth of the messages of
//     9.7.*, 9.8.*, 12.* and 13.*, and no message above 1 MiB.
//
// They are stricter in 13.*: what the server compressed with a window smaller than
// 32 KiB is inflated by a decoder that has no larger one.
package wstest
