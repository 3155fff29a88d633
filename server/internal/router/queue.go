package router

import (
	"github.com/dunlin-mq/dunlin/protocol/sublist"
	"github.com/dunlin-mq/dunlin/server/internal/account"
)

// deliverQueue gives the message to one member of the group: it starts at a
// random one and walks on until somebody takes it.
func deliverQueue(g *sublist.Group[account.Subscriber], p *Pass) bool {
	n := g.Len()
	i := p.Rand(n)
	for range n {
		if g.At(i).Deliver(&p.Message, &p.Batch) {
			return true
		}
		if i++; i == n {
			i = 0
		}
	}
	return false
}
