package api

import (
	"maps"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Bounds of configurations.
const (
	MaxDescription = 4 << 10
	MaxMetadata    = 128 << 10
	MaxReplicas    = 5

	// DefaultDuplicates is for how long message ids are remembered.
	DefaultDuplicates = 2 * time.Minute
)

// Bounds are limits of the server that configurations are checked against. 0 is no
// limit.
type Bounds struct {
	Duplicates    time.Duration
	MaxAckPending int // of consumers
	MaxBatch      int // of pull requests
}

// WithDefaults returns the configuration as it is put in force, with everything filled
// in that was left out.
func (c StreamConfig) WithDefaults(b *Bounds) *StreamConfig {
	if len(c.Subjects) == 0 && c.Mirror == nil && len(c.Sources) == 0 {
		c.Subjects = []string{c.Name}
	}
	for _, n := range []*int64{&c.MaxMsgs, &c.MaxBytes, &c.MaxMsgsPer} {
		if *n <= 0 {
			*n = -1
		}
	}
	if c.MaxConsumers <= 0 {
		c.MaxConsumers = -1
	}
	if c.MaxMsgSize <= 0 {
		c.MaxMsgSize = -1
	}
	if c.Replicas == 0 {
		c.Replicas = 1
	}
	if c.Duplicates == 0 && c.Mirror == nil && len(c.Sources) == 0 {
		c.Duplicates = DefaultDuplicates
		if b.Duplicates > 0 {
			c.Duplicates = min(c.Duplicates, b.Duplicates)
		}
		if c.MaxAge > 0 {
			c.Duplicates = min(c.Duplicates, max(c.MaxAge, 100*time.Millisecond))
		}
	}
	if p := c.Placement; p != nil && p.Cluster == "" && len(p.Tags) == 0 && p.Preferred == "" {
		c.Placement = nil
	}
	if r := c.Republish; r != nil && r.Source == "" {
		filled := *r
		filled.Source = ">"
		c.Republish = &filled
	}
	if c.DeleteMarkerTTL > 0 {
		c.AllowMsgTTL, c.AllowRollup, c.DenyPurge = true, true, false
	}
	if c.AllowMsgSchedules {
		c.AllowRollup, c.DenyPurge = true, false
	}
	if c.Sealed {
		c.seal()
	}
	c.Metadata = staticMetadata(c.Metadata, c.requiredLevel())
	return &c
}

// seal is what becomes of the rest of a configuration that is sealed.
func (c *StreamConfig) seal() {
	c.MaxAge, c.Discard = 0, DiscardNew
	c.DenyDelete, c.DenyPurge, c.AllowRollup = true, true, false
}

// requiredLevel is the API level that the configuration needs.
func (c *StreamConfig) requiredLevel() int {
	switch {
	case c.AllowBatched:
		return 4
	case c.AllowMsgCounter, c.AllowAtomic, c.AllowMsgSchedules, c.PersistMode == PersistAsync:
		return 2
	case c.AllowMsgTTL, c.DeleteMarkerTTL > 0:
		return 1
	}
	return 0
}

// Same reports whether two complete configurations are the same, apart from metadata
// of the server's own.
func (c *StreamConfig) Same(d *StreamConfig) bool { return sameJSON(c.comparable(), d.comparable()) }

func (c StreamConfig) comparable() *StreamConfig {
	c.Metadata = ownMetadata(c.Metadata)
	return &c
}

// Validate returns what is wrong with a complete configuration; nil if nothing is. What
// depends on other streams and on the account is for the caller.
func (c *StreamConfig) Validate(b *Bounds) *Error {
	for _, check := range []func(*Bounds) *Error{
		c.checkNames, c.checkTimes, c.checkFlags, c.checkMirror, c.checkSources, c.checkSubjects, c.checkTransforms,
	} {
		if err := check(b); err != nil {
			return err
		}
	}
	return nil
}

func (c *StreamConfig) checkNames(*Bounds) *Error {
	switch {
	case !ValidName(c.Name):
		return ErrInvalidConfig(`stream name is required and can not contain '.', '*', '>', '\', '/'`)
	case len(c.Name) > MaxName:
		return ErrInvalidConfig("stream name is too long, maximum allowed is 255")
	case len(c.Description) > MaxDescription:
		return ErrInvalidConfig("stream description is too long, maximum allowed is 4096")
	case metadataSize(c.Metadata) > MaxMetadata:
		return ErrInvalidConfig("stream metadata exceeds maximum size of 131072 bytes")
	case c.Replicas > MaxReplicas:
		return ErrInvalidConfig("maximum replicas is 5")
	case c.Replicas < 0:
		return Known(10133)
	}
	return nil
}

func (c *StreamConfig) checkTimes(b *Bounds) *Error {
	switch {
	case c.MaxAge < 0:
		return ErrInvalidConfig("max age can not be negative")
	case c.MaxAge > 0 && c.MaxAge < 100*time.Millisecond:
		return ErrInvalidConfig("max age needs to be >= 100ms")
	case c.Duplicates < 0:
		return ErrInvalidConfig("duplicates window can not be negative")
	case c.MaxAge > 0 && c.Duplicates > c.MaxAge:
		return ErrInvalidConfig("duplicates window can not be larger then max age")
	case b.Duplicates > 0 && c.Duplicates > b.Duplicates:
		return ErrInvalidConfig("duplicates window can not be larger then server limit of " + b.Duplicates.String())
	case c.Duplicates > 0 && c.Duplicates < 100*time.Millisecond:
		return ErrInvalidConfig("duplicates window needs to be >= 100ms")
	}
	return nil
}

func (c *StreamConfig) checkFlags(*Bounds) *Error {
	why := ""
	switch {
	case c.DenyPurge && c.AllowRollup:
		why = "roll-ups require the purge permission"
	case c.AllowMsgCounter && c.Discard == DiscardNew:
		why = "counter stream cannot use discard new"
	case c.AllowMsgCounter && c.AllowMsgTTL:
		why = "counter stream cannot use message TTLs"
	case c.AllowMsgCounter && c.AllowMsgSchedules:
		why = "counter stream cannot use message schedules"
	case c.AllowMsgCounter && c.Retention != LimitsPolicy:
		why = "counter stream can only use limits retention"
	case c.DiscardNewPer && c.Discard != DiscardNew:
		why = "discard new per subject requires discard new policy to be set"
	case c.DiscardNewPer && c.MaxMsgsPer <= 0:
		why = "discard new per subject requires max msgs per subject > 0"
	case c.DeleteMarkerTTL < 0:
		why = "subject delete marker TTL must not be negative"
	case c.DeleteMarkerTTL > 0 && c.DeleteMarkerTTL < time.Second:
		why = "subject delete marker TTL must be at least 1 second"
	case c.AllowMsgSchedules && c.Discard == DiscardNew:
		why = "message scheduling cannot use discard new"
	case c.PersistMode == PersistAsync && c.Storage != FileStorage:
		why = "async persist mode is only supported on file storage"
	case c.PersistMode == PersistAsync && c.Replicas > 1:
		why = "async persist mode is not supported on replicated streams"
	case c.PersistMode == PersistAsync && c.AllowAtomic:
		why = "async persist mode is not supported with atomic batch publish"
	default:
		return nil
	}
	return ErrInvalidConfig(why)
}

func (c *StreamConfig) checkMirror(*Bounds) *Error {
	m := c.Mirror
	if m == nil {
		return nil
	}
	switch {
	case c.FirstSeq > 0:
		return Known(10143)
	case len(c.Subjects) > 0:
		return Known(10034)
	case len(c.Sources) > 0:
		return Known(10031)
	case c.AllowMsgCounter:
		return Known(10173)
	case c.AllowAtomic:
		return Known(10198)
	case c.AllowBatched:
		return Known(10209)
	case c.AllowMsgSchedules:
		return Known(10186)
	case m.FilterSubject != "" && len(m.SubjectTransforms) > 0:
		return Known(10150)
	case c.DeleteMarkerTTL > 0:
		return ErrInvalidConfig("subject delete markers forbidden on mirrors")
	case m.External == nil && !ValidName(m.Name):
		return Known(10142)
	}
	return m.check(10151, 10154, 10152)
}

func (c *StreamConfig) checkSources(*Bounds) *Error {
	if len(c.Sources) > 0 && c.AllowMsgSchedules {
		return Known(10187)
	}
	for i, s := range c.Sources {
		if !ValidName(s.Name) {
			return Known(10141)
		}
		for _, other := range c.Sources[:i] {
			if sameJSON(other.identity(), s.identity()) {
				return Known(10140)
			}
		}
		if s.FilterSubject != "" && len(s.SubjectTransforms) > 0 {
			return Known(10144)
		}
		if err := s.check(10145, 10146, 10147); err != nil {
			return err
		}
	}
	return nil
}

// identity is what makes two sources the same.
func (s *StreamSource) identity() *StreamSource {
	id := &StreamSource{Name: s.Name, FilterSubject: s.FilterSubject, SubjectTransforms: s.SubjectTransforms}
	if s.External != nil {
		id.External = &ExternalStream{API: s.External.API}
	}
	return id
}

// check checks the transforms of a source, with the numbers of the errors for a bad
// source, a bad transform, and overlapping ones.
func (s *StreamSource) check(source, transform, overlap uint16) *Error {
	if s.FilterSubject != "" && !subject.Valid(s.FilterSubject) {
		return Known(source, "invalid subject "+s.FilterSubject)
	}
	for i, t := range s.SubjectTransforms {
		if t.Source != "" && !subject.Valid(t.Source) {
			return Known(source, "invalid subject "+t.Source)
		}
		if t.Destination != "" {
			if _, err := subject.NewTransform(t.Source, t.Destination); err != nil {
				return Known(transform, err)
			}
		}
		for _, other := range s.SubjectTransforms[:i] {
			if subject.Subset(t.Source, other.Source) || subject.Subset(other.Source, t.Source) {
				return Known(overlap)
			}
		}
	}
	if e := s.External; e != nil {
		switch {
		case subject.HasWildcard(e.Deliver):
			return Known(10024, e.Deliver)
		case !subject.ValidLiteralStrict(e.API):
			return ErrInvalidConfig(`stream external api prefix "` + e.API + `" must be a valid subject without wildcards`)
		case subject.Overlap(e.API+".>", Prefix+">"):
			return Known(10021, e.API, strings.TrimSuffix(Prefix, "."))
		}
	}
	return nil
}

func (c *StreamConfig) checkSubjects(*Bounds) *Error {
	for i, s := range c.Subjects {
		if !subject.ValidStrict(s) {
			return ErrInvalidConfig("invalid subject")
		}
		for _, other := range c.Subjects[:i] {
			if subject.Overlap(s, other) {
				return ErrInvalidConfig(`subject "` + other + `" overlaps with "` + s + `"`)
			}
		}
		if s == ">" {
			if !c.NoAck {
				return ErrInvalidConfig("capturing all subjects requires no-ack to be true")
			}
			if c.Replicas > 1 {
				return ErrInvalidConfig("capturing all subjects requires replicas of 1")
			}
		}
		if c.NoAck {
			continue
		}
		for _, own := range []string{"$JS.>", "$JSC.>", "$NRG.>"} {
			if subject.Overlap(s, own) && !subject.Subset(s, "$JS.EVENT.>") {
				return ErrInvalidConfig("subjects that overlap with jetstream api require no-ack to be true")
			}
		}
		if subject.Overlap(s, "$SYS.>") && !subject.Subset(s, "$SYS.ACCOUNT.>") {
			return ErrInvalidConfig("subjects that overlap with system api require no-ack to be true")
		}
	}
	return nil
}

func (c *StreamConfig) checkTransforms(*Bounds) *Error {
	if t := c.SubjectTransform; t != nil {
		if t.Source != "" && !subject.Valid(t.Source) {
			return Known(10155, "invalid subject "+t.Source)
		}
		if _, err := subject.NewTransform(t.Source, t.Destination); err != nil {
			return Known(10156, err)
		}
	}
	if r := c.Republish; r != nil {
		for _, s := range c.Subjects {
			if subject.Overlap(r.Destination, s) && subject.Valid(r.Destination) {
				return ErrInvalidConfig("stream configuration for republish destination forms a cycle")
			}
		}
		if _, err := subject.NewTransform(r.Source, r.Destination); err != nil {
			return ErrInvalidConfig("stream configuration for republish with transform from '" + r.Source + "' to '" + r.Destination + "' not valid")
		}
	}
	if c.Placement != nil && c.Placement.Preferred != "" {
		return ErrInvalidConfig("preferred server not permitted in placement")
	}
	return nil
}

// CheckUpdate returns why a stream may not get another configuration, both complete and
// valid; nil if it may.
func (c *StreamConfig) CheckUpdate(to *StreamConfig) *Error {
	why := ""
	switch {
	case c.Name != to.Name:
		why = "stream configuration name must match original"
	case c.Storage != to.Storage:
		why = "stream configuration update can not change storage type"
	case c.Retention != to.Retention && (c.Retention == WorkQueuePolicy || to.Retention == WorkQueuePolicy):
		why = "stream configuration update can not change retention policy to/from workqueue"
	case c.Sealed && !to.Sealed:
		why = "stream configuration update can not unseal a sealed stream"
	case c.DenyDelete && !to.DenyDelete:
		why = "stream configuration update can not cancel deny message deletes"
	case c.DenyPurge && !to.DenyPurge:
		why = "stream configuration update can not cancel deny purge"
	case c.Mirror == nil && to.Mirror != nil, to.Mirror != nil && !sameJSON(c.Mirror, to.Mirror):
		return ErrMirrorUpdate
	case c.AllowMsgTTL && !to.AllowMsgTTL:
		why = "message TTL status can not be disabled"
	case c.AllowMsgCounter != to.AllowMsgCounter:
		why = "stream configuration update can not change message counter setting"
	case c.AllowMsgSchedules && !to.AllowMsgSchedules:
		why = "message schedules can not be disabled"
	case c.PersistMode != to.PersistMode:
		why = "stream configuration update can not change persist mode"
	default:
		return nil
	}
	return ErrInvalidConfig(why)
}

// ForClients returns the configuration as answers have it: with what the server adds to
// the metadata.
func (c *StreamConfig) ForClients() StreamConfig {
	shown := *c
	shown.Metadata = maps.Clone(c.Metadata)
	shown.Metadata = addMetadata(shown.Metadata)
	return shown
}
