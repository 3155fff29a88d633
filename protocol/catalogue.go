package protocol

// Errors of the parser that the peer is told about.
var (
	// ErrUnknownOperation: an unknown verb, or a payload without CRLF behind
	// it, which is also what a wrong size looks like.
	ErrUnknownOperation = closing("Unknown Protocol Operation", ProtocolViolation)
	// ErrMaxControlLine: see Limits.MaxControlLine.
	ErrMaxControlLine = closing("maximum control line exceeded", MaxControlLineExceeded)
	// ErrMaxPayload: see Limits.MaxPayload.
	ErrMaxPayload = closing("Maximum Payload Violation", MaxPayloadExceeded)
)

// Errors that end a connection without a word to the peer.
var (
	// ErrArguments: a verb with too few or too many arguments.
	ErrArguments = silent("wrong number of arguments")
	// ErrSize: a size that is not one to nine digits, or a header larger than
	// the whole.
	ErrSize = silent("bad or missing size")
	// ErrUnsafeToken: a subject, reply, queue or sid with a CR or NUL in it
	// (in SUB and UNSUB a CR is a blank instead). The reference server lets
	// them through, but such a token breaks the line of whoever it is
	// delivered to. Only a command that is good otherwise gets this error.
	ErrUnsafeToken = silent("control character in an argument")
	// ErrHeadersNotSupported: HPUB without an agreement on headers.
	ErrHeadersNotSupported = silent("message headers not supported")
	// ErrConnectJSON: a CONNECT whose argument is not the document it should
	// be.
	ErrConnectJSON = silent("bad CONNECT")
	// ErrInfoJSON: the same for INFO.
	ErrInfoJSON = silent("bad INFO")
	// ErrClientError: the client sent an -ERR.
	ErrClientError = &Error{log: "Client Error", reason: ParseError}
)

// Errors around authentication.
var (
	// ErrAuthorization also stands for untrusted or missing proxies; see
	// Error.WithReason.
	ErrAuthorization = closing("Authorization Violation", AuthenticationFailure)
	// ErrAuthTimeout: no valid CONNECT in time.
	ErrAuthTimeout = closing("Authentication Timeout", AuthenticationTimeout)
	// ErrUserExpired: the credentials of the user ran out during the session.
	ErrUserExpired = closing("User Authentication Expired", AuthenticationExpired)
	// ErrUserRevoked: the credentials of the user were withdrawn.
	ErrUserRevoked = closing("User Authentication Revoked", CredentialsRevoked)
	// ErrAccountExpired: the account of the user ran out.
	ErrAccountExpired = closing("Account Authentication Expired", AuthenticationExpired)
	// ErrAccountRegistration: the client could not be bound to its account,
	// for a reason that no other entry names.
	ErrAccountRegistration = closing("Failed Account Registration", AuthenticationFailure)
	// ErrTLSRequired: no TLS handshake in time.
	ErrTLSRequired = closing("Secure Connection - TLS Required", TLSHandshakeFailure)
)

// Errors about the number of connections and their liveness.
var (
	// ErrMaxConnections: the server is full.
	ErrMaxConnections = closing("maximum connections exceeded", MaxConnectionsExceeded)
	// ErrMaxAccountConnections: the account is full.
	ErrMaxAccountConnections = closing("maximum account active connections exceeded", MaxAccountConnectionsExceeded)
	// ErrThrottled: too many TLS connections per second.
	ErrThrottled = closing("Connection throttling is active. Please try again later.", MaxConnectionsExceeded)
	// ErrStaleConnection: PINGs went unanswered.
	ErrStaleConnection = closing("Stale Connection", StaleConnection)
)

// Errors about what CONNECT asks for.
var (
	// ErrClientProtocol: a protocol version other than 0 and 1.
	ErrClientProtocol = closing("invalid client protocol", BadClientProtocolVersion)
	// ErrNoRespondersHeaders: no_responders without headers.
	ErrNoRespondersHeaders = closing("no responders requires headers support", NoRespondersRequiresHeaders)
	// ErrRoutePort: a client connected to the port of the routes.
	ErrRoutePort = closing("attempted to connect to route port", IncorrectPort)
	// ErrLeafNodePort: a client connected to the port of the leaf nodes.
	ErrLeafNodePort = closing("attempted to connect to leaf node port", IncorrectPort)
	// ErrGatewayPort: a client connected to the port of the gateways.
	ErrGatewayPort = closing("attempted to connect to gateway port", IncorrectPort)
)

// Errors that leave the connection open. What they answer has no effect, and
// no +OK follows.
var (
	// ErrInvalidSubject: a SUB with an empty token or a misplaced >.
	ErrInvalidSubject = keeping("Invalid Subject")
	// ErrInvalidPublishSubject: a pedantic PUB with an empty or wildcard
	// token. It is the exception: the message is delivered, and +OK follows
	// if the client is verbose.
	ErrInvalidPublishSubject = keeping("Invalid Publish Subject")
	// ErrMaxSubscriptions: the connection or its account has all the
	// subscriptions that it may have.
	ErrMaxSubscriptions = keeping("maximum subscriptions exceeded")
	// ErrPermissions is what all the permission violations below wrap.
	ErrPermissions = keeping("Permissions Violation")
)

// PublishViolation refuses a publish to a subject.
func PublishViolation(subject string) *Error {
	return ErrPermissions.about("Permissions Violation for Publish to %q", subject)
}

// ReplyViolation refuses a publish with a reserved or forbidden reply.
func ReplyViolation(reply string) *Error {
	return ErrPermissions.about("Permissions Violation for Publish with Reply of %q", reply)
}

// SubscribeViolation refuses a subscription; queue is empty if it has none.
func SubscribeViolation(subject, queue string) *Error {
	if queue == "" {
		return ErrPermissions.about("Permissions Violation for Subscription to %q", subject)
	}
	return ErrPermissions.about("Permissions Violation for Subscription to %q using queue %q", subject, queue)
}

// SubscriptionRevoked takes away an existing subscription whose permission a
// configuration reload removed; queue is empty if it has none.
func SubscriptionRevoked(subject, queue, sid string) *Error {
	if queue == "" {
		return ErrPermissions.about("Permissions Violation for Subscription to %q (sid %q)", subject, sid)
	}
	return ErrPermissions.about("Permissions Violation for Subscription to %q using queue %q (sid %q)", subject, queue, sid)
}

// TooManyTokens refuses a subscription with more tokens than are allowed.
func TooManyTokens(subject string) *Error {
	return ErrPermissions.about("Permissions Violation for Subscription to %q, too many tokens", subject)
}

func closing(text string, reason CloseReason) *Error { return &Error{text: text, reason: reason} }

func keeping(text string) *Error { return &Error{text: text, open: true} }

func silent(log string) *Error { return &Error{log: log, reason: ProtocolViolation} }
