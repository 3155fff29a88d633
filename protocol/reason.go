package protocol

// CloseReason tells why a connection ended. Its names are those that
// monitoring and disconnect advisories report.
type CloseReason uint8

// The reasons of the reference server. The zero value is no reason.
const (
	ClientClosed CloseReason = iota + 1
	AuthenticationTimeout
	AuthenticationFailure
	TLSHandshakeFailure
	SlowConsumerPendingBytes
	SlowConsumerWriteDeadline
	WriteError
	ReadError
	ParseError
	StaleConnection
	ProtocolViolation
	BadClientProtocolVersion
	IncorrectPort
	MaxConnectionsExceeded
	MaxAccountConnectionsExceeded
	MaxPayloadExceeded
	MaxControlLineExceeded
	MaxSubscriptionsExceeded
	DuplicateRoute
	RouteRemoved
	ServerShutdown
	AuthenticationExpired
	WrongGateway
	MissingAccount
	CredentialsRevoked
	InternalClient
	MessageHeaderViolation
	NoRespondersRequiresHeaders
	ClusterNameConflict
	DuplicateRemoteLeafNode
	DuplicateClientID
	DuplicateServerName
	MinimumVersionRequired
	ClusterNamesIdentical
	Kicked
	ProxyNotTrusted
	ProxyRequired
)

var closeReasons = [...]string{
	ClientClosed:                  "Client Closed",
	AuthenticationTimeout:         "Authentication Timeout",
	AuthenticationFailure:         "Authentication Failure",
	TLSHandshakeFailure:           "TLS Handshake Failure",
	SlowConsumerPendingBytes:      "Slow Consumer (Pending Bytes)",
	SlowConsumerWriteDeadline:     "Slow Consumer (Write Deadline)",
	WriteError:                    "Write Error",
	ReadError:                     "Read Error",
	ParseError:                    "Parse Error",
	StaleConnection:               "Stale Connection",
	ProtocolViolation:             "Protocol Violation",
	BadClientProtocolVersion:      "Bad Client Protocol Version",
	IncorrectPort:                 "Incorrect Port",
	MaxConnectionsExceeded:        "Maximum Connections Exceeded",
	MaxAccountConnectionsExceeded: "Maximum Account Connections Exceeded",
	MaxPayloadExceeded:            "Maximum Message Payload Exceeded",
	MaxControlLineExceeded:        "Maximum Control Line Exceeded",
	MaxSubscriptionsExceeded:      "Maximum Subscriptions Exceeded",
	DuplicateRoute:                "Duplicate Route",
	RouteRemoved:                  "Route Removed",
	ServerShutdown:                "Server Shutdown",
	AuthenticationExpired:         "Authentication Expired",
	WrongGateway:                  "Wrong Gateway",
	MissingAccount:                "Missing Account",
	CredentialsRevoked:            "Credentials Revoked",
	InternalClient:                "Internal Client",
	MessageHeaderViolation:        "Message Header Violation",
	NoRespondersRequiresHeaders:   "No Responders Requires Headers",
	ClusterNameConflict:           "Cluster Name Conflict",
	DuplicateRemoteLeafNode:       "Duplicate Remote LeafNode Connection",
	DuplicateClientID:             "Duplicate Client ID",
	DuplicateServerName:           "Duplicate Server Name",
	MinimumVersionRequired:        "Minimum Version Required",
	ClusterNamesIdentical:         "Cluster Names Identical",
	Kicked:                        "Kicked",
	ProxyNotTrusted:               "Proxy Not Trusted",
	ProxyRequired:                 "Proxy Required",
}

// String is the name of the reason, or "Unknown State".
func (r CloseReason) String() string {
	if int(r) < len(closeReasons) && closeReasons[r] != "" {
		return closeReasons[r]
	}
	return "Unknown State"
}
