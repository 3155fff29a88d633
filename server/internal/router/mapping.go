package router

import "github.com/dunlin-mq/dunlin/protocol/subject"

// applyMapping rewrites the subject. An empty result means that a weighted
// mapping chose to lose the message.
func (p *Pass) applyMapping(maps *subject.Mappings) {
	mapped, changed := maps.Map(p.mapped[:0], p.Message.Subject)
	if !changed {
		return
	}
	p.mapped = mapped
	p.Message.SetSubject(mapped)
}
