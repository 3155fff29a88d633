package trace

import "time"

// Errors of an [Egress].
const (
	NotDeliveredNoEcho       = "Not delivered because of no echo"
	NotDeliveredSubClosed    = "Not delivered because subscription is closed"
	NotDeliveredClientClosed = "Not delivered because client is closed"
	NotDeliveredAutoUnsub    = "Not delivered because auto-unsubscribe exceeded"
	NotDeliveredSlow         = "Not delivered because fast producer not stalled and consumer is slow"
	NotDeliveredDenied       = "Not delivered because of a permission"
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
	Kind  int    `json:"kind"`
	ID    uint64 `json:"cid"`
	Name  string `json:"name,omitempty"`
	Sub   string `json:"sub,omitempty"`
	Queue string `json:"queue,omitempty"`
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
