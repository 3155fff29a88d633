package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

// page is a page in the browser, or one in a frame of it.
type page struct {
	site   *site
	origin string
	queue  string // of its calls
	parent *page  // nil for the one that is not in a frame
}

// args are the named arguments of a function of the page.
type args map[string]any

// try calls a function of the page and decodes what it returns. The error is
// what the function threw.
func (p *page) try(name string, a, into any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	id, answers := p.site.expect()
	select {
	case p.site.queue(p.queue) <- call{ID: id, Name: name, Args: a}:
	case <-ctx.Done():
		return fmt.Errorf("the page does not take the call of %s", name)
	}
	select {
	case got := <-answers:
		if got.Error != "" {
			return errors.New(got.Error)
		}
		if into == nil {
			return nil
		}
		return json.Unmarshal(got.Result, into)
	case <-ctx.Done():
		return fmt.Errorf("%s does not return", name)
	}
}

// call is try for what must not throw.
func (p *page) call(t testing.TB, name string, a, into any) {
	t.Helper()
	if err := p.try(name, a, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// frame opens another page, of the site at origin, within this one.
func (p *page) frame(t testing.TB, origin string, sandboxed bool) *page {
	t.Helper()
	f := &page{site: p.site, origin: origin, queue: p.site.unique("frame"), parent: p}
	p.call(t, "frame", args{"name": f.queue, "src": origin + "/?queue=" + f.queue, "sandboxed": sandboxed}, nil)
	return f
}

// leave ends the page of a frame.
func (p *page) leave(t testing.TB) {
	t.Helper()
	p.parent.call(t, "leave", args{"name": p.queue}, nil)
}
