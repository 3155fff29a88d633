package main

import "regexp"

// base is the path that every module of the repository begins with.
const base = "github.com/dunlin-mq/dunlin"

// Limits on size, in lines. A long table is fine, a long function never reads
// well; tests and generated files are exempt.
const (
	maxFileLines    = 800
	maxFuncLines    = 120
	maxPackageLines = 7500 // the table of options is one table
)

// moduleRule says what the packages of one module may import beside themselves
// and the standard library.
type moduleRule struct {
	// May lists modules of this repository by directory ("protocol") and other
	// modules by path. A path allows everything below it.
	May []string
	// Tests is allowed in test files on top of May and testOnly.
	Tests []string
	// Sockets lists the directories, relative to the module, whose packages
	// may import the standard library's network and file packages. "." is the
	// module's root package alone, "..." everything.
	Sockets []string
	// Pure modules start no goroutine and read no clock: they are state
	// machines, driven by whoever imports them.
	Pure bool
	// Tools are exempt from the rules about sockets and init functions.
	Tool bool
}

// modules is the outer wall. The cut: each library is useful and testable
// alone, which is what separate versions are for, so libraries know the
// standard library and the few modules named here; server puts them together;
// and no module that is tagged imports one that is not.
var modules = map[string]moduleRule{
	// RFC 6455 and RFC 7692 and no messaging. The handshake is the only place
	// that sees net/http.
	"wsframe": {May: []string{"github.com/klauspost/compress"}, Sockets: []string{"handshake", "wsconn", "wstest", "wstest/echo", "examples/chat"}, Pure: true},
	// The languages: bytes in, commands out. Whoever uses it brings sockets,
	// clocks and goroutines.
	"protocol": {Pure: true},
	// Who are you and what may you do, decided on values; fetching an account
	// is a transport that the caller injects.
	"auth": {May: []string{
		"protocol",
		"github.com/nats-io/nkeys",
		"github.com/nats-io/jwt/v2",
		"golang.org/x/crypto",
	}, Sockets: []string{"resolver"}}, // a directory of JWTs
	// The persistence engine. Files only through vfs, so that a test can cut
	// the power after any write; sockets never.
	"jetstream": {May: []string{
		"protocol",
		"github.com/klauspost/compress",
		"golang.org/x/sync",
		"golang.org/x/crypto",
	}, Sockets: []string{"vfs"}},
	// The product. nkeys makes the server's own identity, which INFO carries.
	"server": {May: []string{
		"wsframe", "protocol", "auth", "jetstream",
		"github.com/klauspost/compress",
		"github.com/nats-io/nkeys",
		"golang.org/x/sync",
	}, Tests: []string{"github.com/nats-io/jwt/v2"}, Sockets: []string{"..."}},
	// Not tagged, nobody imports them.
	"tests": {May: []string{
		"wsframe", "protocol", "auth", "jetstream", "server",
		"github.com/nats-io/nats.go",
		"github.com/nats-io/nkeys",
		"github.com/nats-io/jwt/v2",
		"golang.org/x/crypto", // bcrypt
		"github.com/klauspost/compress",
	}, Tool: true},
	// The four WebSocket libraries are what wsframe is measured against.
	"tools": {May: []string{
		"wsframe", "protocol", "auth", "jetstream", "server", "golang.org/x/mod", "github.com/klauspost/compress",
		"github.com/nats-io/nkeys", // clients that sign
		"github.com/gorilla/websocket", "github.com/coder/websocket", "github.com/gobwas/ws", "github.com/lxzan/gws",
	}, Tool: true},
	"release": {May: []string{"golang.org/x/mod"}, Tool: true},
}

// testOnly is what any test file may import on top of its module's list.
var testOnly = []string{"github.com/google/go-cmp"}

// outside lists the packages of the standard library that reach a socket, a
// file, the process or raw memory. A trailing "/..." covers everything below. Their values
// (net/netip, net/url, io/fs) are not outside.
var outside = []string{
	"net", "net/http/...", "net/mail", "net/rpc/...", "net/smtp", "net/textproto",
	"os/...", "io/ioutil", "syscall/...", "unsafe", "plugin", "crypto/tls",
}

// room is one package of server (with an entry, its directory relative to
// server) and what it may import from within server.
type room struct {
	May []string
	// Sockets is true where the package may reach sockets or files itself.
	Sockets bool
}

// rooms is the inner wall: a message goes transport → conn → client → router →
// subscriber, and no package knows one that stands before it. A new package needs
// a row: decide who may use it before others do.
var rooms = map[string]room{
	// The embedding API wires the rooms together, so it may enter all of them.
	"":           {May: []string{"config", "internal/..."}, Sockets: true},
	"cmd/dunlin": {May: []string{"", "config", "internal/process", "internal/logging"}, Sockets: true},

	// The configuration: language, then meaning. Files, for include.
	"config":        {May: []string{"config/syntax"}, Sockets: true},
	"config/syntax": {Sockets: true},

	// Leaves: they know nothing of the server.
	"internal/logging":  {Sockets: true},
	"internal/process":  {Sockets: true},
	"internal/chunk":    {},
	"internal/peercert": {},
	"internal/leaktest": {}, // for tests
	"internal/document": {},
	"internal/trace":    {May: []string{"internal/document"}},
	"internal/urlset":   {},
	"internal/memo":     {May: []string{"internal/chunk"}},

	// Bytes. What comes in is nobody's yet, what goes out is finished.
	"internal/conn":      {May: []string{"internal/chunk", "internal/memo"}, Sockets: true},
	"internal/transport": {May: []string{"internal/chunk", "internal/conn", "internal/logging", "internal/peercert"}, Sockets: true},
	"internal/websocket": {May: []string{"internal/chunk", "internal/conn", "internal/peercert"}, Sockets: true},

	// Messages. The router sees subscribers, which an account holds, and never
	// the connection behind one: that is how client, route and gateway stay
	// types of their own.
	"internal/message": {May: []string{"internal/chunk", "internal/memo"}},
	"internal/account": {May: []string{"internal/message", "internal/trace"}},
	"internal/router":  {May: []string{"internal/account", "internal/chunk", "internal/document", "internal/message", "internal/trace"}},
	"internal/system":  {May: []string{"internal/account", "internal/document", "internal/message", "internal/router"}},
	// The engine's ears and mouth; nobody else in the server sees both sides.
	"internal/jsbus": {May: []string{"internal/account", "internal/message", "internal/router"}},
	"internal/door":  {May: []string{"internal/account", "internal/document"}},
	"internal/client": {May: []string{
		"internal/account", "internal/door", "internal/chunk", "internal/conn", "internal/document", "internal/logging", "internal/memo", "internal/message", "internal/router",
		"internal/peercert", "internal/trace",
	}, Sockets: true},

	// The monitor reads Stats values and interfaces that it declares itself.
	"internal/monitor": {Sockets: true},
}

// impure lists what a module with Pure set must not call.
var impure = map[string]map[string]bool{
	"time": {
		"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true,
		"AfterFunc": true, "NewTimer": true, "NewTicker": true, "Tick": true,
	},
}

// textRule is something that must not stand in a committed file.
type textRule struct {
	re  *regexp.Regexp
	why string
}

// texts keeps private places out of a public repository: they mean nothing to a
// reader, and a build that needs them works on one machine. The brackets keep
// the rules from matching themselves.
var texts = []textRule{
	{regexp.MustCompile(`(^|[^\w.}-])/wor[k]/`), "a path of one machine"},
	{regexp.MustCompile(`(^|[^\w.}-])/roo[t]/`), "a path of one machine"},
	{regexp.MustCompile(`(^|[^\w.}-])/tm[p]/brief`), "a path of one machine"},
	{regexp.MustCompile(`\bshare[d]/(spec|design|style|users)`), "a document that is not in the repository"},
	{regexp.MustCompile(`(?i)\b(spec|design|the) [s]heets?\b`), "a document that is not in the repository"},
	{regexp.MustCompile(`\bspe[c]/\w+\.md`), "a document that is not in the repository"},
	{regexp.MustCompile(`\bdesig[n]\.md|\bstyl[e]\.md`), "a document that is not in the repository"},
	{regexp.MustCompile(`\b(proxy|sum)\.golan[g]\.org|\bgoprox[y]\.|registry\.npm[j]s|\bdeb\.debia[n]\.org`),
		"the host of a package registry: use what the Go command is configured with"},
}
