package load

import "fmt"

// batchBytes is what a publisher writes at a time: large enough that the cost of the system call
// vanishes for small messages. Larger messages are written one by one.
const batchBytes = 64 << 10

// Batch holds encoded PUB commands of equal length, ready to be written again and again.
type Batch struct {
	content content
	buf     []byte
	stride  int // length of one command
	payload int // where the payload starts in a command
	total   int // commands in buf
	chunk   int // commands written at a time
}

// NewBatch encodes one PUB per subject, or as many as fill a write or show all of the content if
// there are few subjects. All subjects must have the same length; payloads must have room for the
// stamp.
func NewBatch(subjects []string, c content) (*Batch, error) {
	size := c.size()
	if size < c.stampSize() {
		return nil, fmt.Errorf("payload of %d bytes has no room for the stamp of %d", size, c.stampSize())
	}
	if len(subjects) == 0 {
		return nil, fmt.Errorf("no subject")
	}
	head := len(fmt.Sprintf("PUB %s %d\r\n", subjects[0], size))
	b := &Batch{content: c, stride: head + size + 2, payload: head}
	b.chunk = max(1, batchBytes/b.stride)
	b.total = max(len(subjects), b.chunk)
	if c.variety() > 1 {
		// The sequence number must tell which payload it is.
		b.total = (b.total + c.variety() - 1) / c.variety() * c.variety()
	}
	b.buf = make([]byte, 0, b.total*b.stride)
	for i := range b.total {
		subject := subjects[i%len(subjects)]
		if len(subject) != len(subjects[0]) {
			return nil, fmt.Errorf("subjects %q and %q differ in length", subject, subjects[0])
		}
		b.buf = fmt.Appendf(b.buf, "PUB %s %d\r\n", subject, size)
		b.buf = c.append(b.buf, i)
		b.buf = append(b.buf, "\r\n"...)
	}
	return b, nil
}

// stamped writes time and sequence numbers into n commands from position pos on, and returns
// their bytes.
func (b *Batch) stamped(pos, n int, now, seq int64) []byte {
	out := b.buf[pos*b.stride : (pos+n)*b.stride]
	b.content.stampAll(out[b.payload:], b.stride, now, seq)
	return out
}
