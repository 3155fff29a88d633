// Package handshake turns an HTTP request into a WebSocket and dials one: the
// opening handshake of RFC 6455, section 4, with the negotiation of RFC 7692.
//
// A server that has bytes works with values. [ParseRequest] makes a [Request]
// of the bytes that came, [Check] says whether it is a handshake and comes from
// a page that [Origins] allow, [SelectDeflate] and [SelectProtocol] pick what
// the client offered, [AppendResponse] writes the answer and [AppendError] the
// refusal. Only these steps know HTTP, and none of them blocks, reads a clock
// or needs net/http's server.
//
// In a handler of net/http, [Upgrade] does all of it. A client uses a [Dialer],
// whose parts are values as well: [AppendRequest], [ParseReply] and
// [Offer.Check].
//
// Bytes that follow the head, in either direction, belong to the first frame.
package handshake
