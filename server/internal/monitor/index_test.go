package monitor

import (
	"encoding/json"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestIndexLinksWork follows all links of the page, wherever it stands.
func TestIndexLinksWork(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "mon", "/a/b c:d", `/x/"<y>"`} {
		f := &fake{}
		m := New(Config{Server: f, Connections: f, Accounts: f, BasePath: base})
		here := url.URL{Path: "/" + strings.TrimPrefix(base, "/")}
		page := body(t, m, here.EscapedPath())
		links := regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(page, -1)
		if len(links) != len(indexLinks) {
			t.Fatalf("base %q: %d links, want %d in\n%s", base, len(links), len(indexLinks), page)
		}
		for _, link := range links {
			to, err := here.Parse(link[1])
			if err != nil {
				t.Fatal(err)
			}
			if r := get(t, m, to.EscapedPath()); r.StatusCode != 200 && !strings.HasSuffix(to.Path, "/raftz") {
				t.Errorf("base %q: %s leads to %s: status %d", base, link[1], to, r.StatusCode)
			}
		}
	}
}

func TestIndexEscapesTheName(t *testing.T) {
	t.Parallel()
	f := &fake{identity: Identity{Name: "<script>", Dunlin: "v1", Version: "2.15.2"}}
	r := get(t, monitorOf(f), "/")
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if page := string(b); strings.Contains(page, "<script>") || !strings.Contains(page, "&lt;script&gt;") {
		t.Errorf("name is not escaped in\n%s", page)
	}
	if got, want := r.Header.Get("Content-Type"), "text/html; charset=utf-8"; got != want {
		t.Errorf("type %s, want %s", got, want)
	}
}

func TestDebugVars(t *testing.T) {
	t.Parallel()
	f := &fake{}
	m := New(Config{Server: f, Connections: f, Accounts: f, Args: []string{"dunlin", "--pass", "[REDACTED]"}})
	r := ask(t, m, "/debug/vars")
	if r.Type != "application/json; charset=utf-8" || !strings.HasPrefix(r.All, "{\n\"cmdline\": [") || !strings.HasSuffix(r.All, "}\n}\n") {
		t.Errorf("type %s, text %.60q", r.Type, r.All)
	}
	var vars struct {
		Args     []string                   `json:"cmdline"`
		MemStats struct{ HeapAlloc uint64 } `json:"memstats"`
	}
	if err := json.Unmarshal([]byte(r.All), &vars); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"dunlin", "--pass", "[REDACTED]"}, vars.Args); diff != "" {
		t.Error(diff)
	}
	if vars.MemStats.HeapAlloc == 0 {
		t.Error("no memory in use")
	}
}

func TestStacksz(t *testing.T) {
	t.Parallel()
	r := ask(t, monitorOf(&fake{}), "/stacksz")
	if r.Type != "application/json" || !strings.HasPrefix(r.All, "goroutine ") || !strings.Contains(r.All, "TestStacksz") {
		t.Errorf("type %s, text %.200s", r.Type, r.All)
	}
}
