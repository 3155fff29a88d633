package wsframe

import "strconv"

// CloseCode is why a connection ends, as a close frame tells it.
type CloseCode uint16

// The codes of RFC 6455 (section 7.4.1) and those registered since.
const (
	StatusNormal             CloseCode = 1000
	StatusGoingAway          CloseCode = 1001
	StatusProtocolError      CloseCode = 1002
	StatusUnsupportedData    CloseCode = 1003
	StatusNoStatus           CloseCode = 1005 // never sent: the close frame was empty
	StatusAbnormal           CloseCode = 1006 // never sent: there was no close frame
	StatusInvalidPayload     CloseCode = 1007
	StatusPolicyViolation    CloseCode = 1008
	StatusTooBig             CloseCode = 1009
	StatusMandatoryExtension CloseCode = 1010
	StatusInternalError      CloseCode = 1011
	StatusServiceRestart     CloseCode = 1012
	StatusTryAgainLater      CloseCode = 1013
	StatusBadGateway         CloseCode = 1014
	StatusTLSHandshake       CloseCode = 1015 // never sent: TLS failed before
)

// Valid reports whether the code may stand in a close frame: the registered
// ones except those that only describe what happened locally, and the ranges
// for libraries (3000) and applications (4000).
func (c CloseCode) Valid() bool {
	switch {
	case c < 1000:
		return false
	case c <= 1003:
		return true
	case c < 1007:
		return false
	case c <= 1014:
		return true
	}
	return c >= 3000 && c <= 4999
}

func (c CloseCode) String() string { return strconv.Itoa(int(c)) }
