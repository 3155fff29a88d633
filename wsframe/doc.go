// Package wsframe is WebSocket without sockets: the frames of RFC 6455 as
// values, functions on byte slices and state machines that are fed with bytes.
//
// # Where to start
//
// Reading: a [Reader] takes apart what a peer sends however it is cut, holds it
// to the [Rules] and hands out payload as it comes; [Messages] puts whole messages
// together on top of it. What a peer does wrong is an [Error] with the close code
// and the text to answer.
//
// Writing: [AppendFrame] for servers, [AppendMasked] for clients, and the same
// for fragments and close frames. [Prepared] is one message for many receivers.
//
// Below that, [ParseHeader], [AppendHeader], [Mask], [ParseClose] and [UTF8] do
// one thing each and remember nothing that they were not given.
//
// # What holds for all of it
//
// Nothing here starts a goroutine, reads a clock, blocks or keeps the bytes it is
// given. A Reader has a fixed size and allocates nothing but, once, an error that
// quotes a number; Messages has memory for what came and not for what was
// announced. A Reader or Messages belongs to one goroutine at a time.
//
// Masking uses AVX2 on amd64 where there is some. The build tag purego leaves the
// assembly out.
//
// # The packages beside it
//
//   - deflate is the permessage-deflate extension of RFC 7692,
//   - handshake turns an HTTP request into a WebSocket and dials one,
//   - wsconn puts them together for whoever just wants messages.
package wsframe
