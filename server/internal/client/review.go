package client

import (
	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/door"
)

// Review makes the client follow a change of users and accounts: it stays, with
// what it may do now, or has to go. It is called by whoever made the change.
func (c *Client) Review() {
	id := c.identity.Load()
	if id == nil {
		return // it has not logged in, and will be asked then
	}
	c.mu.Lock()
	o := c.options
	c.mu.Unlock()
	now := c.env.Door.Review(door.Admission{Identity: id, Account: c.account.Load()}, c.request(o))
	switch {
	case now.Error != nil:
		c.Fail(now.Error)
		return
	case !now.Stays():
		c.Close(now.Reason)
		return
	}
	if !c.identity.CompareAndSwap(id, now.Identity) {
		return // it has just become somebody else
	}
	if now.Identity.Permissions != id.Permissions {
		c.replies.Store(now.Identity.Permissions.NewReplies())
		c.recheck(now.Identity.Permissions)
	}
	for _, s := range c.subscriptions() {
		s.reshare()
	}
	c.trim()
}

// subscriptions returns those that there are now.
func (c *Client) subscriptions() []*subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*subscription, 0, len(c.subs))
	for _, s := range c.subs {
		all = append(all, s)
	}
	return all
}

// recheck ends the subscriptions that the client may not have any more.
func (c *Client) recheck(set *perm.Set) {
	for _, s := range c.subscriptions() {
		if set.Subscribe(s.subject, s.queue) {
			s.filter.Store(set.Filter(s.subject, s.queue))
			continue
		}
		c.remove(s)
		e := protocol.SubscriptionRevoked(s.subject, s.queue, s.sid())
		c.traceOut("-ERR " + e.Text())
		c.send(protocol.AppendErr(nil, e.Text()))
		c.Log().Infof("Removed sub %q (sid %q) for %s - not authorized", s.subject, s.sid(), c.identity.Load().Label())
	}
}

// trim ends the connection if it has more subscriptions than it may have now.
func (c *Client) trim() {
	limit := c.maxSubscriptions(c.env.Settings())
	c.mu.Lock()
	over := limit > 0 && len(c.subs) > limit
	c.mu.Unlock()
	if over {
		c.Fail(protocol.ErrMaxSubscriptions.Closing())
	}
}
