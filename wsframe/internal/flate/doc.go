// Package flate reads and writes DEFLATE (RFC 1951) for messages that stand in
// memory as a whole. That is what sets it apart from a general library, which
// has to be ready for more input after every byte: nothing here is suspended
// for want of input, so the loops run over slices with all state in registers,
// and what one message costs beside its bytes is kept small.
//
// Start with [Decoder] or [Encoder]. Both are large and meant to be pooled;
// neither keeps a reference to a caller's memory when its method has returned.
//
// Decoding: input.go feeds the 64-bit buffer of bits from a list of slices,
// table.go makes lookup tables of the Huffman codes, header.go reads what
// stands at the beginning of a block, and symbols.go has the loop over symbols.
//
// Encoding: match.go finds repetitions, block.go chooses the cheapest form of a
// block and writes it, huffman.go makes codes for it and codeheader.go tells
// the receiver about them.
package flate
