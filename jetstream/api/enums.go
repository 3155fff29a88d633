package api

import (
	"errors"
	"fmt"
	"strings"
)

// enum is one of the small types below: a number that JSON has as a word.
type enum interface{ ~uint8 }

// word returns the word of an enum in JSON.
func word[T enum](names []string, v T) ([]byte, error) {
	if int(v) >= len(names) {
		return nil, fmt.Errorf("can not marshal %d", v)
	}
	return []byte(`"` + names[v] + `"`), nil
}

// ofWord sets v to the enum of a word in JSON.
func ofWord[T enum](names []string, v *T, text []byte) error {
	for i, name := range names {
		if string(text) == `"`+name+`"` {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("can not unmarshal %q", text)
}

// RetentionPolicy says when messages go.
type RetentionPolicy uint8

// The retention policies.
const (
	LimitsPolicy    RetentionPolicy = iota // when limits say so
	InterestPolicy                         // when every consumer has acknowledged them
	WorkQueuePolicy                        // when their consumer has
)

var retentions = []string{"limits", "interest", "workqueue"}

// String returns the word for it.
func (p RetentionPolicy) String() string { return retentions[p] }

// MarshalJSON implements json.Marshaler.
func (p RetentionPolicy) MarshalJSON() ([]byte, error) { return word(retentions, p) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *RetentionPolicy) UnmarshalJSON(b []byte) error { return ofWord(retentions, p, b) }

// DiscardPolicy says what gives way when a stream is full.
type DiscardPolicy uint8

// The discard policies.
const (
	DiscardOld DiscardPolicy = iota // the oldest messages
	DiscardNew                      // the one that is being published
)

var discards = []string{"old", "new"}

// MarshalJSON implements json.Marshaler.
func (p DiscardPolicy) MarshalJSON() ([]byte, error) { return word(discards, p) }

// UnmarshalJSON implements json.Unmarshaler. It takes any case.
func (p *DiscardPolicy) UnmarshalJSON(b []byte) error {
	if err := ofWord(discards, p, []byte(strings.ToLower(string(b)))); err != nil {
		return fmt.Errorf("can not unmarshal %q", b)
	}
	return nil
}

// StorageType says where messages are.
type StorageType uint8

// The storage types.
const (
	FileStorage StorageType = iota
	MemoryStorage
)

var storages = []string{"file", "memory"}

// String returns the word for it.
func (t StorageType) String() string { return storages[t] }

// MarshalJSON implements json.Marshaler.
func (t StorageType) MarshalJSON() ([]byte, error) { return word(storages, t) }

// UnmarshalJSON implements json.Unmarshaler.
func (t *StorageType) UnmarshalJSON(b []byte) error { return ofWord(storages, t, b) }

// Compression is that of messages in files.
type Compression uint8

// The compressions.
const (
	NoCompression Compression = iota
	S2Compression
)

var compressions = []string{"none", "s2"}

// MarshalJSON implements json.Marshaler.
func (c Compression) MarshalJSON() ([]byte, error) { return word(compressions, c) }

// UnmarshalJSON implements json.Unmarshaler.
func (c *Compression) UnmarshalJSON(b []byte) error {
	if ofWord(compressions, c, b) != nil {
		return errors.New("unknown compression algorithm")
	}
	return nil
}

// PersistMode says how safe a message is when it is acknowledged.
type PersistMode uint8

// The persist modes.
const (
	PersistDefault PersistMode = iota // as the server is configured
	PersistAsync                      // not even written
)

var persistModes = []string{"default", "async"}

// MarshalJSON implements json.Marshaler.
func (m PersistMode) MarshalJSON() ([]byte, error) { return word(persistModes, m) }

// UnmarshalJSON implements json.Unmarshaler. The empty word is the default.
func (m *PersistMode) UnmarshalJSON(b []byte) error {
	if string(b) == `""` {
		*m = PersistDefault
		return nil
	}
	return ofWord(persistModes, m, b)
}

// DeliverPolicy says where a consumer begins.
type DeliverPolicy uint8

// The deliver policies.
const (
	DeliverAll DeliverPolicy = iota
	DeliverLast
	DeliverNew
	DeliverByStartSequence
	DeliverByStartTime
	DeliverLastPerSubject
)

var deliverPolicies = []string{"all", "last", "new", "by_start_sequence", "by_start_time", "last_per_subject"}

// MarshalJSON implements json.Marshaler.
func (p DeliverPolicy) MarshalJSON() ([]byte, error) { return word(deliverPolicies, p) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *DeliverPolicy) UnmarshalJSON(b []byte) error {
	if string(b) == `"undefined"` {
		*p = DeliverAll
		return nil
	}
	return ofWord(deliverPolicies, p, b)
}

// AckPolicy says how messages are acknowledged to a consumer.
type AckPolicy uint8

// The acknowledgement policies.
const (
	AckNone AckPolicy = iota
	AckAll
	AckExplicit
	AckFlowControl
)

var ackPolicies = []string{"none", "all", "explicit", "flow_control"}

// MarshalJSON implements json.Marshaler.
func (p AckPolicy) MarshalJSON() ([]byte, error) { return word(ackPolicies, p) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *AckPolicy) UnmarshalJSON(b []byte) error { return ofWord(ackPolicies, p, b) }

// ReplayPolicy says how fast messages are delivered.
type ReplayPolicy uint8

// The replay policies.
const (
	ReplayInstant ReplayPolicy = iota
	ReplayOriginal
)

var replayPolicies = []string{"instant", "original"}

// MarshalJSON implements json.Marshaler.
func (p ReplayPolicy) MarshalJSON() ([]byte, error) { return word(replayPolicies, p) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *ReplayPolicy) UnmarshalJSON(b []byte) error { return ofWord(replayPolicies, p, b) }

// PriorityPolicy says which of the waiting pull requests is served.
type PriorityPolicy uint8

// The priority policies.
const (
	PriorityNone PriorityPolicy = iota
	PriorityOverflow
	PriorityPinned
	PriorityPrioritized
)

var priorityPolicies = []string{"none", "overflow", "pinned_client", "prioritized"}

// MarshalJSON implements json.Marshaler.
func (p PriorityPolicy) MarshalJSON() ([]byte, error) { return word(priorityPolicies, p) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *PriorityPolicy) UnmarshalJSON(b []byte) error { return ofWord(priorityPolicies, p, b) }

// ConsumerAction says what a request to make a consumer may do.
type ConsumerAction uint8

// The actions.
const (
	CreateOrUpdate ConsumerAction = iota
	CreateOnly
	UpdateOnly
)

var actions = []string{"", "create", "update"}

// MarshalJSON implements json.Marshaler.
func (a ConsumerAction) MarshalJSON() ([]byte, error) { return word(actions, a) }

// UnmarshalJSON implements json.Unmarshaler.
func (a *ConsumerAction) UnmarshalJSON(b []byte) error {
	if err := ofWord(actions, a, b); err != nil {
		return fmt.Errorf("unknown consumer action: %s", b)
	}
	return nil
}
