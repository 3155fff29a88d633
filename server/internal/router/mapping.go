package router

import "github.com/dunlin-mq/dunlin/protocol/subject"

// applyMapping rewrites the subject of the message. The result is empty when a
// weighted mapping chose to lose it.
func (p *Pass) applyMapping(maps *subject.Mappings) {
	mapped, changed := maps.Map(p.mapped[:0], p.Message.Subject)
	if !changed {
		return
	}
	p.mapped = mapped
	p.Message.SetSubject(mapped)
	if p.Trace != nil {
		p.Trace.Mapped(string(mapped))
	}
}
