package subject

import (
	"errors"
	"fmt"
)

// ErrInvalidSubject refuses a transform whose source or destination is not a
// usable subject, or of which only one ends in ">".
var ErrInvalidSubject = errors.New("invalid subject")

// Reasons of a [*DestError].
var (
	ErrUnknownFunction    = errors.New("unknown function")
	ErrIndexOutOfRange    = errors.New("wildcard index out of range")
	ErrTooFewArguments    = errors.New("not enough arguments passed to the function")
	ErrTooManyArguments   = errors.New("too many arguments passed to the function")
	ErrInvalidArgument    = errors.New("function argument is invalid or in the wrong format")
	ErrInvalidTransform   = errors.New("invalid transform")
	ErrUnusedWildcard     = errors.New("not using all of the token wildcard(s)")
	ErrFunctionNotAllowed = errors.New("the only mapping function allowed for import transforms is {{Wildcard()}}")
)

// DestError says why the destination of a transform was refused.
type DestError struct {
	// Reason is one of the errors above.
	Reason error
	// Where is the offending token, with the wildcard number if that was out
	// of range ("$2: [2]"), or the whole destination, or empty.
	Where string
}

// Error gives the text the reference server gives.
func (e *DestError) Error() string {
	text := "invalid mapping destination: " + e.Reason.Error()
	if e.Where != "" {
		text += " in " + e.Where
	}
	return text
}

// Unwrap returns the reason.
func (e *DestError) Unwrap() error { return e.Reason }

// Reasons of a [*MappingError].
var (
	ErrMappingSubject = errors.New("not a valid subject")
	ErrDuplicateDest  = errors.New("duplicate entry")
	ErrWeight         = errors.New("invalid weight")
	ErrTotalWeight    = errors.New("total weight needs to be <= 100")
)

// MappingError says why a mapping was refused.
type MappingError struct {
	// Reason is one of the errors above.
	Reason error
	// Subject is the offending source or destination.
	Subject string
	// Weight is the offending weight, if that is the reason.
	Weight uint8
}

// Error gives the text the reference server gives.
func (e *MappingError) Error() string {
	switch e.Reason {
	case ErrMappingSubject:
		return fmt.Sprintf("Subject %q is not a valid subject", e.Subject)
	case ErrDuplicateDest:
		return fmt.Sprintf("duplicate entry for %q", e.Subject)
	case ErrWeight:
		return fmt.Sprintf("Invalid weight %d for mapping destination", e.Weight)
	default:
		return e.Reason.Error()
	}
}

// Unwrap returns the reason.
func (e *MappingError) Unwrap() error { return e.Reason }
