package api

import (
	"fmt"
	"strconv"
	"strings"
)

// Error is an error of the API as clients see it. Clients go by its number.
type Error struct {
	Status      int    `json:"code,omitempty"`     // like those of HTTP
	Number      uint16 `json:"err_code,omitempty"` // in the catalogue
	Description string `json:"description,omitempty"`
}

// Error returns the description, with the number.
func (e *Error) Error() string {
	return e.Description + " (" + strconv.Itoa(int(e.Number)) + ")"
}

// Is makes errors of the same number the same for errors.Is.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Number == e.Number
}

// Known returns the error of a number in the catalogue, which must be there. Each
// value replaces the next part of its text that stands in braces.
func Known(number uint16, values ...any) *Error {
	entry, ok := catalogue[number]
	if !ok {
		panic("api: no error " + strconv.Itoa(int(number)))
	}
	text := entry.text
	for _, v := range values {
		from, to := strings.IndexByte(text, '{'), strings.IndexByte(text, '}')
		if from < 0 || to < from {
			break
		}
		text = text[:from] + fmt.Sprint(v) + text[to+1:]
	}
	return &Error{entry.status, number, text}
}

// Errors without anything to fill in.
var (
	ErrAccountResources       = Known(10002)
	ErrBadRequest             = Known(10003)
	ErrClusterRequired        = Known(10010)
	ErrConsumerNameExists     = Known(10013)
	ErrConsumerNotFound       = Known(10014)
	ErrSnapshotDeliver        = Known(10015)
	ErrDurableNameMismatch    = Known(10017)
	ErrDurableNameMissing     = Known(10018)
	ErrEphemeralWithDurable   = Known(10020)
	ErrInsufficientResources  = Known(10023)
	ErrMaximumConsumers       = Known(10026)
	ErrMaximumStreams         = Known(10027)
	ErrMemoryExceeded         = Known(10028)
	ErrNoMessageFound         = Known(10037)
	ErrNotEmptyRequest        = Known(10038)
	ErrNotEnabledForAccount   = Known(10039)
	ErrStorageExceeded        = Known(10047)
	ErrMessageExceedsMaximum  = Known(10054)
	ErrMirrorUpdate           = Known(10055)
	ErrStreamMismatch         = Known(10056)
	ErrStreamNameExists       = Known(10058)
	ErrStreamNotFound         = Known(10059)
	ErrStreamNotMatch         = Known(10060)
	ErrSubjectOverlap         = Known(10065)
	ErrReplicasStandalone     = Known(10074)
	ErrNotEnabled             = Known(10076)
	ErrHeaderExceedsMaximum   = Known(10097)
	ErrStreamSealed           = Known(10109)
	ErrMaxBytesRequired       = Known(10113)
	ErrNoLimits               = Known(10120)
	ErrMaxStreamBytes         = Known(10122)
	ErrRestoreExists          = Known(10130)
	ErrFilterMismatch         = Known(10131)
	ErrMultipleFilters        = Known(10137)
	ErrConsumerExists         = Known(10148)
	ErrConsumerDoesNotExist   = Known(10149)
	ErrMessageTTLInvalid      = Known(10165)
	ErrMessageTTLDisabled     = Known(10166)
	ErrTooManyRequests        = Known(10167)
	ErrRequiredLevel          = Known(10185)
	ErrExpectedLastSeqMissing = Known(10193)
	ErrMessageStreamSource    = Known(10227)
)

// ErrInvalidJSON refuses a request that cannot be read.
func ErrInvalidJSON(err error) *Error { return Known(10025, err) }

// ErrConsumerCreate passes on why a consumer was not made.
func ErrConsumerCreate(why string) *Error { return Known(10012, why) }

// ErrWrongLastSequence refuses a message that expected another last sequence than
// seq.
func ErrWrongLastSequence(seq uint64) *Error { return Known(10071, seq) }

// ErrWrongLastMsgID refuses a message that expected another last message id.
func ErrWrongLastMsgID(id string) *Error { return Known(10070, id) }

// ErrRollupFailed refuses a message that would replace others.
func ErrRollupFailed(why string) *Error { return Known(10111, why) }

// ErrStoreFailed refuses a message that the stream has no room for.
func ErrStoreFailed(why string) *Error { return Known(10077, why) }

// ErrInvalidConfig refuses the configuration of a stream.
func ErrInvalidConfig(why string) *Error { return Known(10052, why) }

// ErrDelete tells why a message was not deleted.
func ErrDelete(why string) *Error { return Known(10057, why) }

// ErrPurge tells why a stream was not purged.
func ErrPurge(why string) *Error { return Known(10110, why) }

// ErrStreamUpdate tells why a stream was not changed.
func ErrStreamUpdate(why string) *Error { return Known(10069, why) }

// ErrStreamCreate tells why a stream was not made.
func ErrStreamCreate(why string) *Error { return Known(10049, why) }
