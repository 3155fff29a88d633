package stream

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Source chooses and changes messages of another stream for a stream that takes them
// in. It belongs to one goroutine at a time.
type Source struct {
	cfg      *api.StreamSource
	filter   *store.Filter
	changes  []*subject.Transform // nil entries change nothing; one for each pattern
	patterns []string
	mirror   bool

	subject, block []byte
}

// NewSource returns a source as a configuration, which is valid, describes it.
func NewSource(cfg *api.StreamSource, mirror bool) (*Source, error) {
	s := &Source{cfg: cfg, mirror: mirror}
	if cfg.FilterSubject != "" {
		s.patterns, s.changes = []string{cfg.FilterSubject}, []*subject.Transform{nil}
	}
	for _, t := range cfg.SubjectTransforms {
		var change *subject.Transform
		if t.Destination != "" {
			var err error
			if change, err = subject.NewTransform(t.Source, t.Destination); err != nil {
				return nil, err
			}
		}
		pattern := t.Source
		if pattern == "" {
			pattern = ">"
		}
		s.patterns, s.changes = append(s.patterns, pattern), append(s.changes, change)
	}
	s.filter = store.NewFilter(s.patterns...)
	return s, nil
}

// Filter lets through the messages that are taken in.
func (s *Source) Filter() *store.Filter { return s.filter }

// Key is what tells sources of a stream apart.
func (s *Source) Key() string {
	var dests, patterns []string
	for _, t := range s.cfg.SubjectTransforms {
		dests, patterns = append(dests, orAll(t.Destination)), append(patterns, orAll(t.Source))
	}
	if len(patterns) == 0 {
		patterns, dests = []string{orAll(s.cfg.FilterSubject)}, []string{">"}
	}
	return s.cfg.Name + " " + strings.Join(patterns, "\f") + " " + strings.Join(dests, "\f")
}

func orAll(s string) string {
	if s == "" {
		return ">"
	}
	return s
}

// Take returns a message of the origin as it is stored here, without a sequence unless
// it is a mirror's. identity is that of the origin. Its slices are valid until the next
// call.
func (s *Source) Take(m *store.Message, identity string) store.Message {
	out := *m
	for i, p := range s.patterns {
		if change := s.changes[i]; change != nil && subject.Match(p, m.Subject) {
			if to, ok := change.Apply(s.subject[:0], m.Subject); ok {
				s.subject, out.Subject = to, to
			}
			break
		}
	}
	out.Header = s.header(m, identity)
	if !s.mirror {
		out.Seq = 0
	}
	return out
}

// header returns the header block: without what was meant for the origin alone, and in
// a stream with sources with where the message comes from.
func (s *Source) header(m *store.Message, identity string) []byte {
	b := s.block[:0]
	dropped := false
	for name, value := range header.All(m.Header) {
		if s.drops(name) {
			dropped = true
			continue
		}
		if len(b) == 0 {
			b = append(b, "NATS/1.0\r\n"...)
		}
		b = append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
	}
	if s.mirror && !dropped {
		return m.Header
	}
	if !s.mirror {
		if len(b) == 0 {
			b = append(b, "NATS/1.0\r\n"...)
		}
		b = append(append(b, api.HeaderStreamSource...), ": "...)
		name, rest, _ := strings.Cut(s.Key(), " ")
		b = append(append(b, name...), ' ')
		b = strconv.AppendUint(b, m.Seq, 10)
		b = append(append(append(b, ' '), rest...), ' ')
		b = append(append(append(b, m.Subject...), ' '), identity...)
		b = append(b, "\r\n"...)
	}
	if len(b) == 0 {
		return nil
	}
	s.block = append(b, "\r\n"...)
	return s.block
}

// drops reports whether a header stays behind.
func (s *Source) drops(name []byte) bool {
	if bytes.HasPrefix(name, []byte(api.HeaderBatchPrefix)) || bytes.HasPrefix(name, []byte(api.HeaderExpectedPrefix)) {
		return true
	}
	return !s.mirror && string(name) == api.HeaderStreamSource
}

// ParseOrigin reads where a sourced message comes from: the key of its source, and the
// sequence there.
func ParseOrigin(value []byte) (key string, seq uint64, err error) {
	parts := strings.SplitN(string(value), " ", 5)
	if len(parts) < 4 {
		return "", 0, fmt.Errorf("origin %q cannot be read", value)
	}
	seq, err = strconv.ParseUint(parts[1], 10, 64)
	return parts[0] + " " + parts[2] + " " + parts[3], seq, err
}
