package wsconn

import (
	"errors"
	"fmt"
	"net"

	"github.com/dunlin-mq/dunlin/wsframe"
)

var (
	// ErrClosed is the error of writing after a close frame was sent or
	// received, and of reading when this end closed and the peer did not answer.
	ErrClosed = errors.New("wsconn: connection is closed")
	// ErrControl is the error of [Conn.Ping] with a payload that no control frame
	// has room for.
	ErrControl = fmt.Errorf("wsconn: payload of a ping is longer than %d bytes", wsframe.MaxControl)
	// ErrOpcode is the error of [Conn.WriteMessage] with an opcode that is neither
	// Text nor Binary.
	ErrOpcode = errors.New("wsconn: messages are text or binary")
	// ErrStale is the error of a [MessageReader] whose message is over because
	// the connection went on to the next.
	ErrStale = errors.New("wsconn: reader of an earlier message")
)

// What a peer is told that this package finds, beside what a wsframe.Reader
// does. The texts are the same as there.
var (
	errTooBig = &wsframe.Error{Code: wsframe.StatusTooBig, Text: "maximum payload exceeded"}
	errUTF8   = &wsframe.Error{Code: wsframe.StatusInvalidPayload, Text: "invalid utf8 in text message"}
)

// CloseError is how the peer ended the connection: the end of what
// [Conn.ReadMessage] returns.
type CloseError struct {
	// Code is 0 if the peer gave none.
	Code   wsframe.CloseCode
	Reason string
}

// Error implements error.
func (e *CloseError) Error() string {
	if e.Code == 0 {
		return "wsconn: peer closed"
	}
	if e.Reason == "" {
		return fmt.Sprintf("wsconn: peer closed with %d", e.Code)
	}
	return fmt.Sprintf("wsconn: peer closed with %d %q", e.Code, e.Reason)
}

// isTimeout reports whether err is a deadline that has passed.
func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}
