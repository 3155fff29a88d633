package store

import (
	"errors"

	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// Message is one stored message.
type Message struct {
	Seq  uint64 // from 1, never used twice in a stream
	Time int64  // when it was stored, unix nanoseconds

	// The slices of a message that was loaded are valid until the buffer it was
	// loaded into is used again; nobody writes to them.
	Subject []byte
	Header  []byte // NATS/1.0 block, empty if there is none
	Payload []byte
}

// Buffer is memory that messages are loaded into. It belongs to one goroutine at
// a time; the zero value is ready.
type Buffer struct {
	b        []byte // as read
	unpacked []byte // what was compressed
	again    []byte // encoded anew
	ahead    readAhead
}

// Rest gives memory back that is of use only while one message is read after the
// other.
func (b *Buffer) Rest() {
	b.ahead.release()
	if cap(b.b) > blockSize {
		b.b = nil
	}
}

// Errors of a [Store].
var (
	// ErrNotFound: there is no such message, or none any more.
	ErrNotFound = errors.New("no message found")
	// ErrEOF: the sequence is above the last one.
	ErrEOF = errors.New("stream store EOF")
)

// State is what a store holds.
type State struct {
	Messages uint64
	Bytes    uint64 // as [Store.Size] counts them
	// FirstSeq is the sequence of the first message, LastSeq that of the last one
	// that was ever stored or skipped. In an empty store FirstSeq is LastSeq+1,
	// or both are 0.
	FirstSeq, LastSeq   uint64
	FirstTime, LastTime int64 // unix nanoseconds; 0 for none
	Subjects            int
	Deleted             uint64 // gaps between FirstSeq and LastSeq
}

// SubjectState is what a store holds of one subject.
type SubjectState struct {
	Messages          uint64
	FirstSeq, LastSeq uint64
}

// Store keeps the messages of one stream. One goroutine at a time changes it,
// any number read it at the same time.
type Store interface {
	// State returns what the store holds.
	State() State
	// LastSeq is State().LastSeq.
	LastSeq() uint64
	// Size is what a message with these lengths counts for in bytes.
	Size(subject, header, payload int) int

	// Append stores m, whose sequence is above State().LastSeq; gaps are fine. m is
	// copied if it is kept. at is where the encoded message (see [AppendMessage])
	// lies in the log; stores in memory do not look at it.
	Append(m *Message, at wal.Position) error
	// Skip makes seq the last sequence without storing anything.
	Skip(seq uint64)

	// Load loads the message with a sequence: ErrNotFound, ErrEOF, or a
	// *DamagedError.
	Load(seq uint64, b *Buffer) (Message, error)
	// Next loads the first message from a sequence on that f lets through, or
	// returns ErrEOF. Damaged messages are passed over.
	Next(f *Filter, from uint64, b *Buffer) (Message, error)
	// Last loads the newest message up to a sequence that f lets through, or returns
	// ErrNotFound.
	Last(f *Filter, to uint64, b *Buffer) (Message, error)

	// Subject returns what is stored under a literal subject, and false if nothing is.
	Subject(subject []byte) (SubjectState, bool)
	// Subjects calls fn for each subject that f lets through, until it returns false.
	// The order is any; the store may be read, not changed, in fn.
	Subjects(f *Filter, fn func(subject []byte, s SubjectState) bool)
	// Count returns how many messages from one sequence to another, both included,
	// f lets through.
	Count(f *Filter, from, to uint64) uint64
	// SeqAt returns the sequence of the first message that is not older than a time,
	// or LastSeq+1.
	SeqAt(time int64) uint64
	// Gaps calls fn with ranges of sequences, both ends included, between FirstSeq and
	// LastSeq that hold no message, in order, until it returns false.
	Gaps(fn func(first, last uint64) bool)

	// Remove removes a message and returns its size; false if it is not there. If
	// erase is true its bytes are overwritten where they lie.
	Remove(seq uint64, erase bool) (size int, ok bool)
	// Compact removes everything below seq, which becomes the first sequence. It
	// returns how many messages and bytes went. A seq above LastSeq+1 makes LastSeq
	// seq-1.
	Compact(seq uint64) (messages, bytes uint64)

	// Close ends the use of the store and keeps what is in it. Destroy removes it from
	// where it lies.
	Close() error
	Destroy() error
}

// DamagedError tells of a message that could not be read back.
type DamagedError struct {
	Seq   uint64
	Where string // file and offset
	Err   error
}

// Error implements error.
func (e *DamagedError) Error() string {
	return "message is damaged: " + e.Where + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *DamagedError) Unwrap() error { return e.Err }
