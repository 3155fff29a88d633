package api

import (
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// checkMirror checks where a mirror takes its messages from, and that it asks for
// nothing that a mirror cannot have.
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
	case !m.validConsumer():
		return Known(10213)
	case m.FilterSubject != "" && len(m.SubjectTransforms) > 0:
		return Known(10150)
	case c.DeleteMarkerTTL > 0:
		return ErrInvalidConfig("subject delete markers forbidden on mirrors")
	case m.External == nil && !ValidName(m.Name):
		return Known(10142)
	case m.FilterSubject != "" && !subject.Valid(m.FilterSubject):
		return ErrStreamCreate("subject filter '" + m.FilterSubject + "' for the mirror invalid subject")
	}
	if e := m.checkTransforms(10151, 10154, 10152); e != nil {
		return e
	}
	return m.External.check()
}

// checkSources checks where a stream takes messages from beside what is published to
// it.
func (c *StreamConfig) checkSources(*Bounds) *Error {
	if len(c.Sources) > 0 && c.AllowMsgSchedules {
		return Known(10187)
	}
	for i, s := range c.Sources {
		if !ValidName(s.Name) {
			return Known(10141)
		}
		for _, other := range c.Sources[:i] {
			switch {
			case sameJSON(other.identity(), s.identity()):
				return Known(10140)
			case s.sharesConsumer(other):
				return Known(10216)
			}
		}
		switch {
		case !s.validConsumer():
			return Known(10215)
		case s.FilterSubject != "" && len(s.SubjectTransforms) > 0:
			return Known(10144)
		case s.FilterSubject != "" && !subject.Valid(s.FilterSubject):
			return ErrStreamCreate("subject filter '" + s.FilterSubject + "' for the source: invalid subject")
		}
		if e := s.checkTransforms(10145, 10146, 10147); e != nil {
			return e
		}
		if e := s.External.check(); e != nil {
			return e
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
	if s.Consumer != nil {
		id.Consumer = &StreamConsumerSource{Name: s.Consumer.Name}
	}
	return id
}

// sharesConsumer reports whether two sources would read through the same consumer.
func (s *StreamSource) sharesConsumer(other *StreamSource) bool {
	x, y := s.identity(), other.identity()
	x.SubjectTransforms, y.SubjectTransforms = nil, nil
	return x.Consumer != nil && sameJSON(x, y)
}

// validConsumer reports whether the consumer that was made beforehand can be read
// through, if there is one. It knows itself where to begin and what to take.
func (s *StreamSource) validConsumer() bool {
	c := s.Consumer
	if c == nil {
		return true
	}
	return ValidName(c.Name) && len(c.Name) <= MaxName && subject.ValidLiteralStrict(c.DeliverSubject) &&
		s.OptStartSeq == 0 && s.OptStartTime == nil && s.FilterSubject == ""
}

// checkTransforms checks the transforms of a source, with the numbers of the errors for
// a bad source, a bad transform, and overlapping ones.
func (s *StreamSource) checkTransforms(source, transform, overlap uint16) *Error {
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
	return nil
}

// check checks how a stream elsewhere is reached. Whether the deliver prefix collides
// with subjects of the origin is for who sees the origin.
func (e *ExternalStream) check() *Error {
	switch {
	case e == nil:
		return nil
	case subject.HasWildcard(e.Deliver):
		return Known(10024, e.Deliver)
	case e.API == "":
		return nil
	case !subject.ValidLiteralStrict(e.API):
		return ErrInvalidConfig(`stream external api prefix "` + e.API + `" must be a valid subject without wildcards`)
	case subject.Overlap(e.API+".>", Prefix+">"):
		return Known(10021, e.API, strings.TrimSuffix(Prefix, "."))
	}
	return nil
}
