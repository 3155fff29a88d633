package deflate

import (
	"errors"
	"strconv"
)

// ErrTooLarge says that a message is larger than its receiver allows. A
// WebSocket is closed with status 1009 for it.
var ErrTooLarge = errors.New("deflate: message is larger than allowed")

// ErrCorrupt is what every [CorruptError] is, for errors.Is.
var ErrCorrupt = errors.New("deflate: corrupt input")

// A CorruptError says that a message is no DEFLATE data, or that it ends too
// early. A WebSocket is closed with status 1007 for it.
type CorruptError struct {
	// Offset is how many bytes of the message were taken when the damage
	// became visible; the damage lies before it.
	Offset int
}

// Error says where. The words are those that users of Go know from
// compress/flate and search their logs for.
func (e *CorruptError) Error() string {
	return "flate: corrupt input before offset " + strconv.Itoa(e.Offset)
}

// Is reports whether target is [ErrCorrupt].
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }
