package monitor

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// params decodes the parameters of a request. The first error is kept and
// later calls return zero values, so that a handler asks for all of them, in
// the order in which nats-server looks at them, and checks once.
type params struct {
	values  url.Values
	request bool // a request to the system account, which knows a little more
	err     error
}

// text returns a parameter as it is.
func (p *params) text(name string) string { return p.values.Get(name) }

// boolean returns a parameter in one of the forms of strconv.ParseBool.
func (p *params) boolean(name string) bool {
	return decode(p, name, "boolean", strconv.ParseBool)
}

// integer returns a signed number.
func (p *params) integer(name string) int {
	return decode(p, name, "int", strconv.Atoi)
}

// id returns an unsigned number.
func (p *params) id(name string) uint64 {
	return decode(p, name, "uint64", func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
}

func decode[T any](p *params, name, kind string, parse func(string) (T, error)) T {
	var zero T
	s := p.values.Get(name)
	if p.err != nil || s == "" {
		return zero
	}
	v, err := parse(s)
	if err != nil {
		p.err = fmt.Errorf("Error decoding %s for '%s': %w", kind, name, err)
		return zero
	}
	return v
}

// subDetail is how much a list says about subscriptions.
type subDetail int

const (
	subCount subDetail = iota // only their number
	subNames                  // their subjects
	subFull                   // everything
)

// subscriptions returns the parameter subs, a boolean or "detail".
func (p *params) subscriptions() subDetail {
	if strings.EqualFold(p.values.Get("subs"), "detail") {
		return subFull
	}
	if p.boolean("subs") {
		return subNames
	}
	return subCount
}

// defaultLimit is the size of a page when none, or a senseless one, is asked
// for.
const defaultLimit = 1024

// page is a part of a list.
type page struct{ offset, limit int }

// page returns the parameters offset and limit.
func (p *params) page() page {
	pg := page{offset: max(p.integer("offset"), 0), limit: p.integer("limit")}
	if pg.limit <= 0 {
		pg.limit = defaultLimit
	}
	return pg
}

// bounds returns the part of a list of n that is on the page. Offset and limit
// come from outside and may be as large as an int can be: they are never
// added.
func (pg page) bounds(n int) (from, to int) {
	from = min(pg.offset, n)
	return from, from + min(pg.limit, n-from)
}
