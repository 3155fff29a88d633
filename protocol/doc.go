// Package protocol speaks the NATS client protocol.
//
// It is a pure codec: bytes in, commands out, and back. It holds no
// goroutine, socket, clock or lock, and allocates only when something is
// wrong. What a server or a client does with a command is not decided here.
//
// Reading order:
//
//   - [Op] is one command as it stands on the wire. Its slices point into the
//     caller's buffer.
//   - [Parser] cuts a byte stream into Ops, incrementally, under [Limits].
//   - AppendMsg, AppendPub, AppendErr … write commands, append style.
//   - [Info] and [Connect] are the two JSON documents of the handshake;
//     [RedactConnect] makes the second one fit for a log.
//   - [Error] is the -ERR catalogue: the text for the peer, whether the
//     connection ends and the [CloseReason] that monitoring reports.
//
// The grammar is deliberately as tolerant as nats-server 2.15: verbs in any
// case, runs of blanks, bare LF. Where it is stricter, the reason is stated at
// the place: see [Limits] (bytes that the grammar ignores are bounded too) and
// [ErrUnsafeToken] (nothing may be parsed that would break the line it is
// forwarded in).
//
// Sub-packages: subject (tokens, matching, transforms), header (NATS/1.0
// header blocks) and sublist (the interest index).
package protocol
