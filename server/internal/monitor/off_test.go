package monitor

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsOffAnswers has the answers of nats-server 2.15.2 with only the
// client listener and monitoring.
func TestWhatIsOffAnswers(t *testing.T) {
	t.Parallel()
	const head = "{\n  \"server_id\": \"NID\",\n"
	m := monitorOf(populated())
	for path, want := range map[string]string{
		"/routez?subs=detail": head + `  "server_name": "east",
  "now": "NOW",
  "num_routes": 0,
  "routes": []
}`,
		"/gatewayz?accs=1&gw_name=x": head + `  "now": "NOW",
  "outbound_gateways": {},
  "inbound_gateways": {}
}`,
		"/leafz?acc=ZZ": head + `  "now": "NOW",
  "leafnodes": 0,
  "leafs": []
}`,
		"/jsz?acc=ZZ&streams=1&consumers=1&config=1&raft=1": `{
  "memory": 0,
  "storage": 0,
  "reserved_memory": 0,
  "reserved_storage": 0,
  "accounts": 0,
  "ha_assets": 0,
  "api": {
    "level": 0,
    "total": 0,
    "errors": 0
  },
  "server_id": "NID",
  "now": "NOW",
  "disabled": true,
  "config": {
    "max_memory": 0,
    "max_storage": 0
  },
  "streams": 0,
  "consumers": 0,
  "messages": 0,
  "bytes": 0,
  "total": 0
}`,
		"/ipqueuesz?queues=x": "{}",
	} {
		if diff := cmp.Diff(want, timeless(body(t, m, path))); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestThereAreNoRaftGroups(t *testing.T) {
	t.Parallel()
	want := reply{http.StatusNotFound, "text/plain; charset=utf-8", "", "No Raft nodes registered"}
	if diff := cmp.Diff(want, ask(t, monitorOf(&fake{}), "/raftz?acc=A")); diff != "" {
		t.Error(diff)
	}
}
