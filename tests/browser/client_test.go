package browser

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// client is a connection of the client library in the page.
type client struct {
	page *page
	id   int
	info info
}

// info is what a server says of itself, as far as tests look at it.
type info struct {
	ServerName   string `json:"server_name"`
	Port         int    `json:"port"`
	MaxPayload   int    `json:"max_payload"`
	AuthRequired bool   `json:"auth_required"`
	TLSRequired  bool   `json:"tls_required"`
}

// message is one that the page sends or got.
type message struct {
	Subject string            `json:"subject"`
	Data    []byte            `json:"data"`
	Headers map[string]string `json:"headers,omitempty"`
}

// diff compares messages; cmp alone would look at every byte by reflection.
func diff(want, got []message) string {
	return cmp.Diff(want, got, cmp.Comparer(bytes.Equal))
}

// connect connects to the servers; options are those of the library.
func (p *page) connect(t testing.TB, options args, urls ...string) *client {
	t.Helper()
	c, err := p.tryConnect(t, options, urls...)
	if err != nil {
		t.Fatalf("connect to %s: %v", strings.Join(urls, ", "), err)
	}
	return c
}

func (p *page) tryConnect(t testing.TB, options args, urls ...string) (*client, error) {
	t.Helper()
	all := args{"servers": urls}
	for name, value := range options {
		all[name] = value
	}
	var got struct {
		Client int  `json:"client"`
		Info   info `json:"info"`
	}
	if err := p.try("connect", all, &got); err != nil {
		return nil, err
	}
	c := &client{page: p, id: got.Client, info: got.Info}
	t.Cleanup(func() {
		if err := p.try("close", args{"client": c.id}, nil); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c, nil
}

func (c *client) subscribe(t testing.TB, subject string) (subscription int) {
	t.Helper()
	c.page.call(t, "subscribe", args{"client": c.id, "subject": subject}, &subscription)
	return subscription
}

// next waits for the next so many messages of a subscription.
func (c *client) next(t testing.TB, subscription, count int) (got []message) {
	t.Helper()
	c.page.call(t, "next", args{"subscription": subscription, "count": count}, &got)
	return got
}

func (c *client) publish(t testing.TB, messages ...message) {
	t.Helper()
	c.page.call(t, "publish", args{"client": c.id, "messages": messages}, nil)
}

func (c *client) request(t testing.TB, m message) (reply message) {
	t.Helper()
	c.page.call(t, "request", args{"client": c.id, "message": m}, &reply)
	return reply
}

// events waits for an event of the library and returns all there were.
func (c *client) events(t testing.TB, until string) (seen []string) {
	t.Helper()
	c.page.call(t, "events", args{"client": c.id, "until": until}, &seen)
	return seen
}

// current is what the server that the client is connected to says of itself.
func (c *client) current(t testing.TB) (i info) {
	t.Helper()
	c.page.call(t, "info", args{"client": c.id}, &i)
	return i
}
