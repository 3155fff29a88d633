package subject

// Prefixes of subjects that servers use among themselves or for their own
// services.
const (
	// ServiceReplyPrefix begins the reply subject a server puts in place of the
	// requester's when a request crosses into another account.
	ServiceReplyPrefix = "_R_."
	// GatewayReplyPrefix begins reply subjects routed back through a gateway.
	GatewayReplyPrefix = "_GR_."
	// AckReplyPrefix begins the reply subject of a delivered stream message.
	AckReplyPrefix = "$JS.ACK."
	// StreamAPIPrefix begins the requests that manage streams and consumers.
	StreamAPIPrefix = "$JS.API."
	// StreamPrefix begins everything that belongs to streams.
	StreamPrefix = "$JS."
	// ConsensusPrefix begins the messages of consensus groups; outside the
	// system account nobody may publish there.
	ConsensusPrefix = "$NRG."
	// SystemPrefix begins the events and services of the system account.
	SystemPrefix = "$SYS."
	// InboxPrefix begins the reply subjects that clients make up by default.
	InboxPrefix = "_INBOX."
)

// SystemQueue is the queue group that servers use among themselves; clients
// may not join it.
const SystemQueue = "_sys_"

// HasPrefix reports whether s begins with prefix.
func HasPrefix[T Text](s T, prefix string) bool {
	return len(s) >= len(prefix) && equal(s[:len(prefix)], prefix)
}

// ReservedReply reports whether a client must not name reply as the reply
// subject of a message: it would let the client forge answers and
// acknowledgements that only servers create.
func ReservedReply[T Text](reply T) bool {
	return HasPrefix(reply, ServiceReplyPrefix) ||
		HasPrefix(reply, AckReplyPrefix) ||
		HasPrefix(reply, GatewayReplyPrefix)
}
