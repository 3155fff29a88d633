package client

import (
	"encoding/json"
	"time"
)

// requestInfo tells a service in another account who asks. Only the account and
// the round trip time are told unless the import says that the rest is shared.
type requestInfo struct {
	Start   string        `json:"start,omitempty"`
	Host    string        `json:"host,omitempty"`
	ID      uint64        `json:"id,omitempty"`
	Account string        `json:"acc"`
	User    string        `json:"user,omitempty"`
	Name    string        `json:"name,omitempty"`
	Lang    string        `json:"lang,omitempty"`
	Version string        `json:"ver,omitempty"`
	RTT     time.Duration `json:"rtt,omitempty"`
	Server  string        `json:"server,omitempty"`
	Kind    string        `json:"kind,omitempty"`
	Type    string        `json:"client_type,omitempty"`
}

// AppendRequestInfo implements router.Requester.
func (c *Client) AppendRequestInfo(dst []byte, share bool) []byte {
	info := requestInfo{Account: c.account.Load().Name, RTT: c.RTT()}
	if share {
		c.mu.Lock()
		o := c.options
		info.Host = c.remote.Host
		c.mu.Unlock()
		info.Start, info.ID = c.started.UTC().Format(time.RFC3339Nano), c.id
		info.Name, info.Lang, info.Version = o.Name, o.Lang, o.Version
		info.User, info.Server = c.user(), c.env.Settings().Info.Name
		info.Kind, info.Type = "Client", c.listener()
	}
	doc, _ := json.Marshal(info) // strings and numbers always marshal
	return append(dst, doc...)
}

// user is the name by which monitoring and services know the client.
func (c *Client) user() string {
	id := c.identity.Load()
	if id == nil {
		return ""
	}
	return id.Shown()
}
