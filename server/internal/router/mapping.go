package router

import "github.com/dunlin-mq/dunlin/server/internal/account"

// Map applies the mappings of a to p.Message, which a client published, and
// reports whether its subject changed. The new one is empty when a weighted
// mapping chose to lose the message: it then reaches nobody.
func Map(a *account.Account, p *Pass) bool {
	maps := a.Mappings.Load()
	if maps == nil {
		return false
	}
	mapped, changed := maps.Map(p.mapped[:0], p.Message.Subject)
	if !changed {
		return false
	}
	p.mapped = mapped
	p.Message.SetSubject(mapped)
	if p.Trace != nil {
		p.Trace.Mapped(string(mapped))
	}
	return true
}
