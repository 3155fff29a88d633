package jetstream

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/wal"
)

// manifest is what a stream's checkpoint holds beside the messages.
type manifest struct {
	id      uint64
	applied wal.Position // entries of the log before it are in the checkpoint
	created time.Time
	lastID  uint64 // number of the newest consumer
	config  []byte // JSON
	// positions say where sources go on.
	positions map[string]uint64
	// consumers are in the order of their numbers.
	consumers []consumerManifest
}

// consumerManifest is one consumer in a checkpoint.
type consumerManifest struct {
	id      uint64
	created time.Time
	name    string
	config  []byte       // JSON
	state   []byte       // see consumer.Machine.Snapshot
	applied wal.Position // entries of the log before it are in state
}

// manifestVersion is the first byte of an encoded manifest.
const manifestVersion = 1

// errManifest is the error of a manifest that cannot be read.
var errManifest = errors.New("checkpoint of the stream cannot be read")

// append encodes the manifest.
func (m *manifest) append(b []byte) []byte {
	b = append(b, manifestVersion)
	b = binary.LittleEndian.AppendUint64(b, m.id)
	b = binary.LittleEndian.AppendUint64(b, uint64(m.applied))
	b = binary.LittleEndian.AppendUint64(b, uint64(m.created.UnixNano()))
	b = binary.AppendUvarint(b, m.lastID)
	b = appendBlob(b, m.config)
	b = binary.AppendUvarint(b, uint64(len(m.positions)))
	for _, key := range sortedKeys(m.positions) {
		b = binary.AppendUvarint(appendBlob(b, key), m.positions[key])
	}
	b = binary.AppendUvarint(b, uint64(len(m.consumers)))
	for i := range m.consumers {
		b = m.consumers[i].append(b)
	}
	return b
}

// append encodes a consumer.
func (c *consumerManifest) append(b []byte) []byte {
	b = binary.AppendUvarint(b, c.id)
	b = binary.LittleEndian.AppendUint64(b, uint64(c.created.UnixNano()))
	b = appendBlob(b, c.name)
	b = appendBlob(b, c.config)
	b = appendBlob(b, c.state)
	return binary.LittleEndian.AppendUint64(b, uint64(c.applied))
}

func appendBlob[T ~string | ~[]byte](b []byte, blob T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(blob))), blob...)
}

// cursor reads what append wrote. After the first mistake it reads zeros.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) uint64() uint64 {
	if c.bad = c.bad || len(c.b) < 8; c.bad {
		return 0
	}
	v := binary.LittleEndian.Uint64(c.b)
	c.b = c.b[8:]
	return v
}

func (c *cursor) uvarint() uint64 {
	v, n := binary.Uvarint(c.b)
	if c.bad = c.bad || n <= 0; c.bad {
		return 0
	}
	c.b = c.b[n:]
	return v
}

// blob returns bytes of the cursor's own memory.
func (c *cursor) blob() []byte {
	n := c.uvarint()
	if c.bad = c.bad || n > uint64(len(c.b)); c.bad {
		return nil
	}
	v := c.b[:n:n]
	c.b = c.b[n:]
	return v
}

func (c *cursor) time() time.Time { return time.Unix(0, int64(c.uint64())).UTC() }

// parse reads a manifest. Its slices are those of b.
func (m *manifest) parse(b []byte) error {
	if len(b) == 0 || b[0] != manifestVersion {
		return errManifest
	}
	c := cursor{b: b[1:]}
	m.id, m.applied, m.created = c.uint64(), wal.Position(c.uint64()), c.time()
	m.lastID, m.config = c.uvarint(), c.blob()
	m.positions = make(map[string]uint64)
	for n := c.uvarint(); n > 0 && !c.bad; n-- {
		key := string(c.blob())
		m.positions[key] = c.uvarint()
	}
	for n := c.uvarint(); n > 0 && !c.bad; n-- {
		var cm consumerManifest
		cm.parse(&c)
		m.consumers = append(m.consumers, cm)
	}
	if c.bad || len(c.b) > 0 {
		return errManifest
	}
	return nil
}

func (m *consumerManifest) parse(c *cursor) {
	m.id, m.created, m.name, m.config, m.state = c.uvarint(), c.time(), string(c.blob()), c.blob(), c.blob()
	m.applied = wal.Position(c.uint64())
}
