package monitor

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path"
	"strings"
)

const (
	// indexHead takes the server's name, twice around its own version, and the
	// version of nats-server.
	indexHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>%[1]s</title>
<style>
body { font-family: system-ui, sans-serif; margin: 2rem; color: #223 }
a { display: block; padding: .2rem 0; color: inherit; text-decoration: none }
a:hover { text-decoration: underline }
code { color: #888 }
</style>
</head>
<body>
<h1>dunlin %[2]s</h1>
<p>%[1]s, compatible with nats-server %[3]s</p>
`
	indexLink = "<a href=\"%s\">%s <code>%s</code></a>\n"
	indexTail = "</body>\n</html>\n"
)

// indexLinks are the links of the page in their order.
var indexLinks = []struct{ title, path string }{
	{"General", "/varz"},
	{"JetStream", "/jsz"},
	{"Connections", "/connz"},
	{"Accounts", "/accountz"},
	{"Account traffic", "/accstatz"},
	{"Subscriptions", "/subsz"},
	{"Routes", "/routez"},
	{"Leaf nodes", "/leafz"},
	{"Gateways", "/gatewayz"},
	{"Raft groups", "/raftz"},
	{"Health", "/healthz"},
	{"Process", "/debug/vars"},
}

// index serves the page at /, which links to what a person may want to see.
func (m *Monitor) index(w http.ResponseWriter, _ *http.Request) {
	id := m.cfg.Server.Identity()
	var b strings.Builder
	fmt.Fprintf(&b, indexHead, html.EscapeString(id.Name), html.EscapeString(id.Dunlin), html.EscapeString(id.Version))
	base := m.here()
	for _, l := range indexLinks {
		fmt.Fprintf(&b, indexLink, html.EscapeString(base+l.path), l.title, l.path)
	}
	b.WriteString(indexTail)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, b.String())
}

// here returns the page's path as seen from its own directory, which is the
// one above: there is no slash at the end of its path. Relative links survive
// a proxy that serves the page elsewhere.
func (m *Monitor) here() string {
	if name := path.Base(path.Join("/", m.cfg.BasePath)); name != "/" {
		return "./" + url.PathEscape(name)
	}
	return "."
}
