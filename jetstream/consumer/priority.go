package consumer

import (
	"slices"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
)

// group is the priority group of a pull consumer, and which client it is pinned to.
type group struct {
	pin   string // empty while nobody is pinned
	since int64
	heard int64 // when the pinned client asked last
}

// configure adapts to a configuration.
func (g *group) configure(cfg *api.ConsumerConfig) {
	if cfg.PriorityPolicy != api.PriorityPinned {
		*g = group{}
	}
}

// refuseGroup returns the status of a request that has the wrong group or pin.
func (m *Machine) refuseGroup(r *api.PullRequest) string {
	c := m.cfg
	switch {
	case c.PriorityPolicy != api.PriorityOverflow && (r.MinPending > 0 || r.MinAckPending > 0):
		return api.BadRequest("Not a Overflow Priority consumer")
	case c.PriorityPolicy != api.PriorityPinned && r.ID != "":
		return api.BadRequest("Not a Pinned Client Priority consumer")
	case r.Priority > 9:
		return api.BadRequest("Priority must be between 0 and 9")
	case c.PriorityPolicy == api.PriorityNone || r.Plain:
		return ""
	case r.Group == "":
		return api.BadRequest("Priority Group missing")
	case !slices.Contains(c.PriorityGroups, r.Group):
		return api.BadRequest("Invalid Priority Group")
	case r.ID != "" && r.ID != m.group.pin:
		return api.StatusPinMismatch
	}
	return ""
}

// eligible reports whether a request may be served now.
func (g *group) eligible(m *Machine, p *pull) bool {
	switch m.cfg.PriorityPolicy {
	case api.PriorityOverflow:
		if p.MinPending <= 0 && p.MinAckPending <= 0 {
			return true
		}
		return p.MinPending > 0 && m.pendingAhead() >= uint64(p.MinPending) ||
			p.MinAckPending > 0 && m.pending.len() >= int(p.MinAckPending)
	case api.PriorityPinned:
		return g.pin == "" || p.ID == g.pin
	}
	return true
}

// assign pins the client of a request, if nobody is pinned, and returns the pin that
// the message carries.
func (g *group) assign(m *Machine, p *pull, now int64) string {
	if m.cfg.PriorityPolicy != api.PriorityPinned {
		return ""
	}
	if g.pin == "" {
		g.pin, g.since = token(22), now
		p.ID = g.pin
		m.host.Advise(&Event{Kind: Pinned, Group: m.groupName(), PinID: g.pin})
	}
	g.heard = now
	return g.pin
}

func (m *Machine) groupName() string {
	if len(m.cfg.PriorityGroups) == 0 {
		return ""
	}
	return m.cfg.PriorityGroups[0]
}

// expirePin releases a client that has asked for nothing for too long.
func (m *Machine) expirePin(now int64) {
	if at := m.group.next(m); at > 0 && at <= now {
		m.unpin("timeout")
	}
}

// next returns when the pinned client is released; 0 for never.
func (g *group) next(m *Machine) int64 {
	if g.pin == "" || m.cfg.PriorityTimeout <= 0 || m.pinnedWaits() {
		return 0
	}
	return g.heard + int64(m.cfg.PriorityTimeout)
}

// pinnedWaits reports whether a request of the pinned client waits.
func (m *Machine) pinnedWaits() bool {
	return slices.ContainsFunc(m.pulls.waiting, func(p *pull) bool { return p.ID == m.group.pin })
}

// Unpin releases the client that a group is pinned to.
func (m *Machine) Unpin() { m.unpin("admin") }

func (m *Machine) unpin(reason string) {
	pin := m.group.pin
	m.group = group{}
	m.pulls.waiting = slices.DeleteFunc(m.pulls.waiting, func(p *pull) bool {
		if pin == "" || p.ID != pin {
			return false
		}
		m.unfinished(p, api.StatusWrongPin)
		return true
	})
	m.host.Advise(&Event{Kind: Unpinned, Group: m.groupName(), Reason: reason})
}

// groups describes the groups.
func (m *Machine) groups() []api.PriorityGroupState {
	if m.cfg.PriorityPolicy == api.PriorityNone {
		return nil
	}
	s := api.PriorityGroupState{Group: m.groupName(), PinnedClientID: m.group.pin}
	if m.group.pin != "" {
		s.PinnedTS = time.Unix(0, m.group.since).UTC()
	}
	return []api.PriorityGroupState{s}
}
