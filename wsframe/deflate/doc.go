// Package deflate is permessage-deflate, the compression of WebSocket messages
// (RFC 7692), on whole messages in memory.
//
// A message is compressed by [AppendMessage] and restored by [Inflate], or by
// [InflateTo] where the result should not stand in memory at once. Both work
// without context takeover: every message is compressed on its own and nothing
// is kept between messages, so an idle connection holds no memory for
// compression. [Window] compresses for a peer that asked for a window smaller
// than 32 KiB. [Writer] and [Reader] carry the window from message to message
// for peers that agreed on context takeover.
//
// One message for many receivers is compressed once. [AppendBlocks] makes
// pieces that refer to nothing outside themselves, [AppendStored] makes pieces
// of bytes that differ from receiver to receiver, and pieces standing one
// after the other are a message once [Finish] has seen them.
//
// The parameters of the extension and their negotiation are in [Params] and
// [Policy].
//
// All functions that append use the memory that dst has capacity for, also
// beyond the end of what they return, and src must not overlap it.
//
// Nothing here starts a goroutine. Working memory comes from pools and goes
// back before a function returns. The codecs are in internal/flate.
package deflate
