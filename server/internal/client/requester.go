package client

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/dunlin-mq/dunlin/auth"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
)

// AppendRequestInfo implements router.Requester. Only the account and the round
// trip time are told unless the import says that the rest is shared.
func (c *Client) AppendRequestInfo(dst []byte, share bool, via string) []byte {
	if name := c.account.Load().Name; !share && via == "" && isPlain(name) {
		dst = append(append(append(dst, `{"acc":"`...), name...), '"')
		if rtt := c.RTT(); rtt > 0 {
			dst = strconv.AppendInt(append(dst, `,"rtt":`...), int64(rtt), 10)
		}
		return append(dst, '}')
	}
	acc := c.account.Load()
	told := facts{acc, acc.Label(), c.identity.Load(), c.options, c.RTT(), share, via}
	last := c.introduced.Load()
	if last == nil || last.facts != told {
		last = &introduction{told, c.introduce(told)}
		c.introduced.Store(last)
	}
	return append(dst, last.doc...)
}

// introduction is what services were last told about a client: from one request
// to the next there is mostly nothing new.
type introduction struct {
	facts
	doc []byte
}

// facts are what an introduction depends on and may change.
type facts struct {
	account  *account.Account
	label    string
	identity *auth.Identity
	options  *protocol.Connect
	rtt      time.Duration
	share    bool
	via      string
}

// introduce writes what services are told.
func (c *Client) introduce(f facts) []byte {
	info := document.Client{Account: f.account.Name}
	if f.share {
		info = c.Document(time.Time{})
		info.Server = c.env.Settings().Info.Name
		if info.NameTag == info.Account {
			info.NameTag = "" // services are told of the ones that a JWT has
		}
	}
	info.RTT, info.Service = f.rtt, f.via
	doc, _ := json.Marshal(&info) // strings and numbers always marshal
	return doc
}

// isPlain reports whether a string stands in JSON as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}

// Describe tells who the client is, as JSON for events about what it did.
func (c *Client) Describe() []byte {
	d := c.Document(time.Time{})
	d.RTT, d.Server = c.RTT(), c.env.Author().Name
	if d.NameTag == d.Account {
		d.NameTag = ""
	}
	b, err := json.Marshal(&d)
	if err != nil {
		return nil // a document can be written
	}
	return b
}

// Document tells who the client is, as events do; stop is when it has left, zero
// if it has not.
func (c *Client) Document(stop time.Time) document.Client {
	acc, id := c.account.Load(), c.identity.Load()
	c.mu.Lock()
	o, host := c.options, c.remote.Host
	c.mu.Unlock()
	d := document.Client{
		Start: document.Time(c.started), Host: host, ID: c.id, Account: acc.Name, NameTag: acc.Label(),
		Name: o.Name, Lang: o.Lang, Version: o.Version, User: c.user(), Kind: "Client", Type: c.listener(),
	}
	if !stop.IsZero() {
		d.RTT, d.Stop = c.RTT().Round(time.Microsecond), document.Time(stop)
	}
	if id != nil && id.Kind == auth.ByJWT {
		d.JWT, d.IssuerKey, d.Tags = id.JWT, id.Issuer, id.Tags
	}
	return d
}

// user is the name by which monitoring, events and services know the client: the
// one that it claims if nobody asked, or let it in.
func (c *Client) user() string {
	if id := c.identity.Load(); id != nil && id.Shown() != "" {
		return id.Shown()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	o := withoutSecrets(c.options)
	return cmp.Or(o.NKey, o.User, o.Token)
}

// Account returns the account that the client belongs to.
func (c *Client) Account() *account.Account { return c.account.Load() }

// Identity returns as whom the client has logged in; nil if it has not.
func (c *Client) Identity() *auth.Identity { return c.identity.Load() }
