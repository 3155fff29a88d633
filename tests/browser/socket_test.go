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

// raw is a WebSocket of the page, without the client library.
type raw struct {
	page *page
	id   int
}

func (p *page) open(t testing.TB, url string) raw {
	t.Helper()
	r, err := p.tryOpen(url)
	if err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	return r
}

// tryOpen fails with an error that tells the code with which a socket closed
// before it was open.
func (p *page) tryOpen(url string, protocols ...string) (raw, error) {
	var got struct {
		Socket int `json:"socket"`
	}
	err := p.try("open", args{"url": url, "protocols": protocols}, &got)
	return raw{page: p, id: got.Socket}, err
}

// send sends one text message.
func (r raw) send(t testing.TB, text string) {
	t.Helper()
	r.page.call(t, "send", args{"socket": r.id, "text": text}, nil)
}

// read waits for a text and returns all that came so far.
func (r raw) read(t testing.TB, until string) (text string) {
	t.Helper()
	r.page.call(t, "read", args{"socket": r.id, "until": until}, &text)
	return text
}

// closed waits for the end.
func (r raw) closed(t testing.TB) (c closing) {
	t.Helper()
	r.page.call(t, "closed", args{"socket": r.id}, &c)
	return c
}
