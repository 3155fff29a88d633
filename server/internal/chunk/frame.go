package chunk

// Frame is one message as its receivers' outboxes take it. Head, the
// receiver's own label, Mid and Body go out one behind the other, and all but
// the label are shared by every receiver.
type Frame struct {
	Head, Mid, Body []byte
	// Owner is the chunk that holds Body; a large Body is then queued by
	// reference. May be nil.
	Owner *Chunk
	// Packed: Body is compressed, to a piece of a DEFLATE stream that ends on
	// a byte boundary and refers to nothing in front of it. Only for outboxes
	// whose connection compresses.
	Packed bool
	// Whole: Body is the complete message, label included, and Head and Mid are
	// empty. It lies in a chunk of such messages, behind the one before.
	Whole bool
	// Size is what the message counts for in statistics, bytes.
	Size int
}
