package monitor

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// populated is a server with an account in use, one that is not, and the
// system account.
func populated() *fake {
	return &fake{
		identity: Identity{ID: "NID", Name: "east"},
		settings: Settings{Configuration: Configuration{SystemAccount: "$SYS"}},
		accounts: []Account{
			{
				Name: "$G", Updated: at("10:00:00"), Clients: 2, Sent: Traffic{1, 10}, Received: Traffic{2, 20},
				SlowConsumers: 3, NumSubs: 4, Inserts: 6, Removes: 2,
				Mappings: map[string][]MappingDest{"a.b": {{"c.d", 80, ""}, {"e", 20, "west"}}},
			},
			{Name: "$SYS", Updated: at("10:00:00")},
		},
	}
}

func TestAccountDocuments(t *testing.T) {
	t.Parallel()
	m := monitorOf(populated())
	for path, want := range map[string]string{
		"/accountz": `{
  "server_id": "NID",
  "now": "NOW",
  "system_account": "$SYS",
  "accounts": [
    "$G",
    "$SYS"
  ]
}`,
		"/accountz?acc=$G": `{
  "server_id": "NID",
  "now": "NOW",
  "system_account": "$SYS",
  "account_detail": {
    "account_name": "$G",
    "update_time": "2026-01-02T10:00:00Z",
    "expired": false,
    "complete": true,
    "jetstream_enabled": false,
    "leafnode_connections": 0,
    "client_connections": 2,
    "subscriptions": 4,
    "mappings": {
      "a.b": [
        {
          "subject": "c.d",
          "weight": 80
        },
        {
          "subject": "e",
          "weight": 20,
          "cluster": "west"
        }
      ]
    },
    "name_tag": "$G",
    "sublist_stats": {
      "num_subscriptions": 4,
      "num_cache": 0,
      "num_inserts": 6,
      "num_removes": 2,
      "num_matches": 0,
      "cache_hit_rate": 0,
      "max_fanout": 0,
      "avg_fanout": 0
    }
  }
}`,
		"/accountz?acc=$SYS": `{
  "server_id": "NID",
  "now": "NOW",
  "system_account": "$SYS",
  "account_detail": {
    "account_name": "$SYS",
    "update_time": "2026-01-02T10:00:00Z",
    "is_system": true,
    "expired": false,
    "complete": true,
    "jetstream_enabled": false,
    "leafnode_connections": 0,
    "client_connections": 0,
    "subscriptions": 0,
    "name_tag": "$SYS",
    "sublist_stats": {
      "num_subscriptions": 0,
      "num_cache": 0,
      "num_inserts": 0,
      "num_removes": 0,
      "num_matches": 0,
      "cache_hit_rate": 0,
      "max_fanout": 0,
      "avg_fanout": 0
    }
  }
}`,
		"/accstatz": `{
  "server_id": "NID",
  "now": "NOW",
  "account_statz": [
    {
      "acc": "$G",
      "name": "$G",
      "conns": 2,
      "leafnodes": 0,
      "total_conns": 2,
      "num_subscriptions": 4,
      "sent": {
        "msgs": 1,
        "bytes": 10,
        "gateways": {
          "msgs": 0,
          "bytes": 0
        },
        "routes": {
          "msgs": 0,
          "bytes": 0
        },
        "leafs": {
          "msgs": 0,
          "bytes": 0
        }
      },
      "received": {
        "msgs": 2,
        "bytes": 20,
        "gateways": {
          "msgs": 0,
          "bytes": 0
        },
        "routes": {
          "msgs": 0,
          "bytes": 0
        },
        "leafs": {
          "msgs": 0,
          "bytes": 0
        }
      },
      "slow_consumers": 3
    }
  ]
}`,
	} {
		if diff := cmp.Diff(want, timeless(body(t, m, path))); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestUnusedAccountsAreListedOnRequest(t *testing.T) {
	t.Parallel()
	var got []string
	for _, a := range fetch[Accstatz](t, monitorOf(populated()), "/accstatz?unused=1").Accounts {
		got = append(got, a.Name)
	}
	if diff := cmp.Diff([]string{"$G", "$SYS"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(`{
  "server_id": "",
  "now": "NOW",
  "account_statz": []
}`, timeless(body(t, monitorOf(&fake{}), "/accstatz"))); diff != "" {
		t.Error(diff)
	}
}
