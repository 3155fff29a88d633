package trace

import "time"

// Errors of an [Egress].
const (
	NotDeliveredNoEcho       = "Not delivered because of no echo"
	NotDeliveredSubClosed    = "Not delivered because subscription is closed"
	NotDeliveredClientClosed = "Not delivered because client is closed"
	NotDeliveredAutoUnsub    = "Not delivered because auto-unsubscribe exceeded"
	NotDeliveredSlow         = "Not delivered because fast producer not stalled and consumer is slow"
	NotDeliveredDenied       = "Not delivered because subscription denies this subject"
)

// event is what all events have in front.
type event struct {
	Type string    `json:"type"`
	Time time.Time `json:"ts"`
}

// Ingress is where a message came into the server. It is the first event of
// every report.
type Ingress struct {
	// Kind is the number of the publisher's kind: 0 for a client, and so on.
	Kind    int    `json:"kind"`
	ID      uint64 `json:"cid"`
	Name    string `json:"name,omitempty"`
	Account string `json:"acc"`
	Subject string `json:"subj"`
	// Error says why the message was refused.
	Error string `json:"error,omitempty"`
}

// Egress is a delivery, or an attempt at one.
type Egress struct {
	Kind int    `json:"kind"`
	ID   uint64 `json:"cid"`
	Name string `json:"name,omitempty"`
	// Account is that of the receiver, if it is another one than the publisher's.
	Account string `json:"acc,omitempty"`
	Sub     string `json:"sub,omitempty"`
	Queue   string `json:"queue,omitempty"`
	// Error says why the message was not delivered.
	Error string `json:"error,omitempty"`
}

type ingressEvent struct {
	event
	Ingress
}

type mappingEvent struct {
	event
	To string `json:"to"`
}

type egressEvent struct {
	event
	Egress
}

// exportEvent is a stream that goes on into another account.
type exportEvent struct {
	event
	Account string `json:"acc"`
	To      string `json:"to"`
}

// importEvent is a request that goes on to a service of another account.
type importEvent struct {
	event
	Account string `json:"acc"`
	From    string `json:"from"`
	To      string `json:"to"`
}
