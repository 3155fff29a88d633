package wsframe

// Rules is what the frames of a connection must keep to. The zero value is for
// a server that reads from a client: frames are masked, not compressed, and as
// long as they like.
type Rules struct {
	// FromServer reads what a server sent: frames are not masked.
	FromServer bool
	// MaskOptional takes masked frames as well as others.
	MaskOptional bool
	// Compression allows compressed messages: permessage-deflate was agreed.
	Compression bool
	// CheckUTF8 refuses text messages that are not UTF-8 at the first byte that
	// is wrong. A compressed one has to be checked by whoever inflates it, see
	// [UTF8].
	CheckUTF8 bool
	// MaxMessage is how many bytes of payload the frames of one message may
	// announce together, before they are inflated. 0 is no limit.
	MaxMessage uint64
	// MaxFragments is how many frames one message may have, empty ones
	// included. 0 is no limit.
	MaxFragments int
}
