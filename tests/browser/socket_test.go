package browser

import "testing"

// socket is what can be seen of a WebSocket in the page.
type socket struct {
	Extensions string   `json:"extensions"`
	Messages   int      `json:"messages"`
	Largest    int      `json:"largest"` // bytes of one message that came in
	Closed     *closing `json:"closed"`
}

// closing is a CloseEvent.
type closing struct {
	Code   int    `json:"code"`
	Reason string `json:"reason"`
	Clean  bool   `json:"clean"`
}

// sockets returns those to one address.
func (p *page) sockets(t testing.TB, url string) (got []socket) {
	t.Helper()
	p.call(t, "sockets", args{"url": url}, &got)
	return got
}
