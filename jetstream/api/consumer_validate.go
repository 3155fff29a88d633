package api

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Defaults of consumers.
const (
	DefaultAckWait         = 30 * time.Second
	DefaultMaxAckPending   = 1000
	DefaultMaxWaiting      = 512
	DefaultInactive        = 5 * time.Second // of consumers that are not durable
	DefaultPriorityTimeout = 2 * time.Minute
)

// WithDefaults returns the configuration as it is put in force on a stream.
func (c ConsumerConfig) WithDefaults(s *StreamConfig, b *Bounds) *ConsumerConfig {
	for _, n := range []*int{&c.MaxWaiting, &c.MaxRequestBatch, &c.MaxRequestMaxBytes} {
		*n = max(*n, 0)
	}
	for _, d := range []*time.Duration{&c.MaxRequestExpires, &c.Heartbeat, &c.InactiveThreshold, &c.PriorityTimeout} {
		*d = max(*d, 0)
	}
	if c.Name == "" {
		c.Name = c.Durable
	}
	if c.PauseUntil != nil && c.PauseUntil.IsZero() {
		c.PauseUntil = nil
	}
	if c.MaxDeliver == 0 || c.MaxDeliver < -1 {
		c.MaxDeliver = -1
	}
	if len(c.BackOff) > 0 {
		c.AckWait = c.BackOff[0]
	}
	if c.AckWait == 0 && (c.AckPolicy == AckExplicit || c.AckPolicy == AckAll) {
		c.AckWait = DefaultAckWait
	}
	if !c.IsPush() && c.MaxWaiting == 0 {
		c.MaxWaiting = DefaultMaxWaiting
	}
	if c.MaxAckPending < -1 {
		c.MaxAckPending = -1
	}
	if c.MaxAckPending == 0 && c.AckPolicy != AckNone {
		c.MaxAckPending = DefaultMaxAckPending
		if n := s.ConsumerLimits.MaxAckPending; n > 0 {
			c.MaxAckPending = n
		}
		if b.MaxAckPending > 0 {
			c.MaxAckPending = min(c.MaxAckPending, b.MaxAckPending)
		}
	}
	if c.InactiveThreshold == 0 {
		c.InactiveThreshold = s.ConsumerLimits.InactiveThreshold
	}
	if c.InactiveThreshold == 0 && c.Durable == "" {
		c.InactiveThreshold = DefaultInactive
	}
	if c.MaxRequestBatch == 0 && !c.IsPush() {
		c.MaxRequestBatch = b.MaxBatch
	}
	if c.PriorityPolicy == PriorityPinned && c.PriorityTimeout == 0 {
		c.PriorityTimeout = DefaultPriorityTimeout
	}
	if c.AckPolicy == AckFlowControl && c.IsPush() {
		c.FlowControl = true
		if c.Heartbeat == 0 {
			c.Heartbeat = time.Second
		}
	}
	c.Metadata = staticMetadata(c.Metadata, c.requiredLevel())
	return &c
}

// requiredLevel is the API level that the configuration needs.
func (c *ConsumerConfig) requiredLevel() int {
	switch {
	case c.AckPolicy == AckFlowControl:
		return 4
	case c.PauseUntil != nil, c.PriorityPolicy != PriorityNone, len(c.PriorityGroups) > 0, c.PriorityTimeout > 0:
		return 1
	}
	return 0
}

// Same reports whether two complete configurations are the same, apart from metadata
// of the server's own and from when a pause ends.
func (c *ConsumerConfig) Same(d *ConsumerConfig) bool {
	return sameJSON(c.comparable(), d.comparable())
}

func (c ConsumerConfig) comparable() *ConsumerConfig {
	c.Metadata, c.PauseUntil = ownMetadata(c.Metadata), nil
	return &c
}

// ForClients returns the configuration as answers have it.
func (c *ConsumerConfig) ForClients() *ConsumerConfig {
	shown := *c
	shown.Metadata = addMetadata(maps.Clone(c.Metadata))
	return &shown
}

// Validate returns what is wrong with a complete configuration of a consumer of a
// stream; nil if nothing is.
func (c *ConsumerConfig) Validate(s *StreamConfig, b *Bounds) *Error {
	for _, check := range []func(*StreamConfig, *Bounds) *Error{
		c.checkNames, c.checkAcks, c.checkPush, c.checkPull, c.checkLimits, c.checkFilters, c.checkStart, c.checkRest, c.checkPriority,
		c.checkWorkQueue,
	} {
		if err := check(s, b); err != nil {
			return err
		}
	}
	return nil
}

func (c *ConsumerConfig) checkNames(s *StreamConfig, _ *Bounds) *Error {
	switch {
	case c.Replicas > 1:
		return ErrReplicasStandalone
	case len(c.Durable) > MaxName, len(c.Name) > MaxName:
		return Known(10102, MaxName)
	case c.Durable != "" && !ValidName(c.Durable):
		return ErrInvalidConfig(`consumer durable name can not contain '.', '*', '>', '\', '/'`)
	case c.Name != "" && !ValidName(c.Name):
		return ErrInvalidConfig(`consumer name can not contain '.', '*', '>', '\', '/'`)
	case c.Replicas < 0:
		return Known(10133)
	case c.Replicas > s.Replicas:
		return Known(10126)
	case s.Retention != LimitsPolicy && c.Replicas != 0 && c.Replicas != s.Replicas:
		return Known(10134)
	}
	return nil
}

func (c *ConsumerConfig) checkAcks(*StreamConfig, *Bounds) *Error {
	for _, d := range c.BackOff {
		if d < 0 {
			return Known(10184)
		}
	}
	if c.AckWait < 0 {
		return Known(10183)
	}
	if c.AckPolicy == AckFlowControl {
		switch {
		case !c.IsPush():
			return Known(10218)
		case !c.FlowControl:
			return Known(10219)
		case c.Heartbeat != time.Second:
			return ErrInvalidConfig("flow control ack policy heartbeat needs to be 1s")
		case c.MaxAckPending <= 0:
			return Known(10220)
		case c.AckWait > 0, len(c.BackOff) > 0:
			return Known(10221)
		case c.MaxDeliver > 0:
			return Known(10222)
		}
	}
	switch {
	case c.MaxDeliver != -1 && len(c.BackOff) > c.MaxDeliver:
		return Known(10116)
	case len(c.Description) > MaxDescription:
		return Known(10107, MaxDescription)
	}
	return nil
}

func (c *ConsumerConfig) checkPush(s *StreamConfig, _ *Bounds) *Error {
	if !c.IsPush() {
		return nil
	}
	switch {
	case subject.HasWildcard(c.DeliverSubject):
		return Known(10079)
	case !subject.ValidLiteralStrict(c.DeliverSubject):
		return Known(10112)
	case c.captured(s):
		return Known(10081)
	case c.MaxWaiting != 0:
		return Known(10080)
	case c.MaxAckPending > 0 && c.AckPolicy == AckNone:
		return Known(10082)
	case c.Heartbeat > 0 && c.Heartbeat < 100*time.Millisecond:
		return Known(10083)
	}
	return nil
}

// captured reports whether the stream would store what is delivered.
func (c *ConsumerConfig) captured(s *StreamConfig) bool {
	for _, subj := range s.Subjects {
		if subject.Match(subj, c.DeliverSubject) {
			return true
		}
	}
	return false
}

func (c *ConsumerConfig) checkPull(s *StreamConfig, b *Bounds) *Error {
	if c.IsPush() {
		return nil
	}
	switch {
	case c.Direct:
		return Known(10090)
	case s.Retention == WorkQueuePolicy && c.AckPolicy == AckNone:
		return Known(10084)
	case c.RateLimit > 0:
		return Known(10086)
	case c.Heartbeat > 0:
		return Known(10088)
	case c.FlowControl:
		return Known(10089)
	case c.MaxRequestExpires > 0 && c.MaxRequestExpires < time.Millisecond:
		return Known(10115)
	case b.MaxBatch > 0 && c.MaxRequestBatch > b.MaxBatch:
		return Known(10125, b.MaxBatch)
	}
	return nil
}

func (c *ConsumerConfig) checkLimits(s *StreamConfig, b *Bounds) *Error {
	for _, limit := range []int{b.MaxAckPending, s.ConsumerLimits.MaxAckPending} {
		if limit > 0 && c.AckPolicy != AckNone && (c.MaxAckPending > limit || c.MaxAckPending < 0) {
			return Known(10121, limit)
		}
	}
	if limit := s.ConsumerLimits.InactiveThreshold; limit > 0 && c.InactiveThreshold > limit {
		return Known(10153, limit)
	}
	if c.Direct && c.Durable != "" {
		return Known(10091)
	}
	return nil
}

func (c *ConsumerConfig) checkFilters(*StreamConfig, *Bounds) *Error {
	if c.FilterSubject != "" && len(c.FilterSubjects) > 0 {
		return Known(10136)
	}
	if c.FilterSubject != "" && !subject.ValidStrict(c.FilterSubject) {
		return ErrInvalidConfig("invalid subject")
	}
	for i, f := range c.FilterSubjects {
		if f == "" {
			return Known(10139)
		}
		if !subject.ValidStrict(f) {
			return ErrInvalidConfig("invalid subject")
		}
		for _, other := range c.FilterSubjects[:i] {
			if subject.Subset(f, other) || subject.Subset(other, f) {
				return Known(10138)
			}
		}
	}
	return nil
}

// policyNames are what errors call the deliver policies.
var policyNames = []string{"all", "last", "new", "by start sequence", "by start time", "last per subject"}

func (c *ConsumerConfig) checkStart(*StreamConfig, *Bounds) *Error {
	bad := func(why string) *Error {
		return Known(10094, "consumer delivery policy is deliver "+policyNames[c.DeliverPolicy]+", but optional "+why)
	}
	seq, at := c.OptStartSeq > 0, c.OptStartTime != nil
	switch c.DeliverPolicy {
	case DeliverByStartSequence:
		if !seq {
			return bad("start sequence is not set")
		}
		if at {
			return bad("start time is also set")
		}
		return nil
	case DeliverByStartTime:
		if !at {
			return bad("start time is not set")
		}
		if seq {
			return bad("start sequence is also set")
		}
		return nil
	case DeliverLastPerSubject:
		if len(c.Filters()) == 0 {
			return bad("filter subject is not set")
		}
	}
	if seq {
		return bad("start sequence is also set")
	}
	if at {
		return bad("start time is also set")
	}
	return nil
}

func (c *ConsumerConfig) checkRest(*StreamConfig, *Bounds) *Error {
	if c.SampleFreq != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(c.SampleFreq, "%"))
		if err != nil || n < 0 || n > 100 {
			text := "<nil>"
			if err != nil {
				text = err.Error()
			}
			return Known(10095, text)
		}
	}
	switch {
	case c.IsPush() && c.FlowControl && c.Heartbeat == 0:
		return Known(10108)
	case c.Durable != "" && c.Name != c.Durable:
		return Known(10132)
	case metadataSize(c.Metadata) > MaxMetadata:
		return Known(10135, "128KB")
	}
	return nil
}

func (c *ConsumerConfig) checkPriority(*StreamConfig, *Bounds) *Error {
	if c.PriorityPolicy == PriorityNone {
		switch {
		case len(c.PriorityGroups) > 0:
			return Known(10196)
		case c.PriorityTimeout > 0:
			return Known(10197)
		}
		return nil
	}
	switch {
	case c.IsPush():
		return Known(10178)
	case len(c.PriorityGroups) == 0:
		return Known(10159)
	}
	for _, g := range c.PriorityGroups {
		if g == "" {
			return Known(10161)
		}
		if !ValidGroup(g) {
			return Known(10162)
		}
	}
	return nil
}

// ValidGroup reports whether a priority group may have a name.
func ValidGroup(name string) bool {
	if name == "" || len(name) > 16 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("/_=-", rune(c)) {
			return false
		}
	}
	return true
}

func (c *ConsumerConfig) checkWorkQueue(s *StreamConfig, _ *Bounds) *Error {
	if s.Retention != WorkQueuePolicy || c.Direct {
		return nil
	}
	switch {
	case c.AckPolicy != AckExplicit && c.AckPolicy != AckFlowControl:
		return Known(10098)
	case c.DeliverPolicy != DeliverAll:
		return Known(10101)
	}
	return nil
}

// CheckUpdate returns why a consumer may not get another configuration, both complete
// and valid; nil if it may.
func (c *ConsumerConfig) CheckUpdate(to *ConsumerConfig) *Error {
	why := ""
	switch {
	case c.DeliverPolicy != to.DeliverPolicy:
		why = "deliver policy can not be updated"
	case c.MemoryStorage != to.MemoryStorage:
		why = "storage type can not be updated"
	case c.Direct != to.Direct:
		why = "direct can not be updated"
	case c.Sourcing != to.Sourcing:
		why = "sourcing can not be updated"
	case c.OptStartSeq != to.OptStartSeq:
		why = "start sequence can not be updated"
	case !sameJSON(c.OptStartTime, to.OptStartTime):
		why = "start time can not be updated"
	case c.AckPolicy != to.AckPolicy:
		why = "ack policy can not be updated"
	case c.ReplayPolicy != to.ReplayPolicy:
		why = "replay policy can not be updated"
	case c.Heartbeat != to.Heartbeat:
		why = "heart beats can not be updated"
	case c.FlowControl != to.FlowControl:
		why = "flow control can not be updated"
	case c.IsPush() && !to.IsPush():
		why = "can not update push consumer to pull based"
	case !c.IsPush() && to.IsPush():
		why = "can not update pull consumer to push based"
	case c.MaxWaiting != to.MaxWaiting:
		why = "max waiting can not be updated"
	default:
		return nil
	}
	return ErrConsumerCreate(why)
}
