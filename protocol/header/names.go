package header

// Names of the headers that servers act on or add.
const (
	// TraceDest is the subject to which the servers a message passes report
	// what they did with it.
	TraceDest = "Nats-Trace-Dest"
	// TraceOnly set to 1, true or on has the message traced but not delivered.
	TraceOnly = "Nats-Trace-Only"
	// TraceHop numbers the servers a traced message passes; servers set it.
	TraceHop = "Nats-Trace-Hop"
	// TraceOriginAccount names the account a traced message came from; servers
	// set it.
	TraceOriginAccount = "Nats-Trace-Origin-Account"
	// TraceParent is the trace context of the W3C. Its name is matched in any
	// case, see [GetFold].
	TraceParent = "traceparent"
	// AcceptEncoding says how the answer to a request may be compressed.
	AcceptEncoding = "Accept-Encoding"
	// ContentEncoding says how a payload is compressed.
	ContentEncoding = "Content-Encoding"
	// RequestInfo describes the requester to a service in another account.
	RequestInfo = "Nats-Request-Info"
	// Subject is the subject a "no responders" answer is about.
	Subject = "Nats-Subject"
)
