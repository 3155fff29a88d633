package monitor

import (
	"math"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConnz(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		sub := Sub{Account: "A", Subject: "foo.>", Queue: "q", SID: "10", Msgs: 4, Max: 5, ClientID: 7}
		other := Sub{Account: "A", Subject: "bar", SID: "9", ClientID: 7}
		f := &fake{
			identity: Identity{ID: "NID"},
			open: []Conn{{
				ID: 7, Type: "nats", Host: "127.0.0.1", Port: 5555, Started: start, LastActivity: start.Add(time.Minute),
				RTT: 401167576, Pending: 3, In: Traffic{1, 11}, Out: Traffic{2, 22}, Stalls: 9,
				Name: "n<1>", Lang: "go", Version: "1.2", User: "u", Account: "A",
				TLS:     &TLS{Version: "1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", First: true, PeerCerts: []PeerCert{{"CN=x", "aa", "bb"}}},
				NumSubs: 2, Subs: []Sub{sub, other},
			}},
			closed: []Conn{{
				ID: 3, Type: "nats", Host: "::1", Port: 6666, Started: start, LastActivity: start.Add(time.Second),
				Stopped: start.Add(3 * time.Second), Reason: "Client Closed", Account: "$G", User: "v",
				NumSubs: 1, Subs: []Sub{{Account: "$G", Subject: "a", SID: "1", ClientID: 3}},
			}},
			accounts: []Account{{Name: "$G"}, {Name: "A"}},
		}
		m := monitorOf(f)
		time.Sleep(2 * time.Minute)
		for path, want := range map[string]string{
			"/connz?auth=1&subs=1":              openGolden,
			"/connz?state=closed&subs=detail":   closedGolden,
			"/connz?acc=unknown&state=all":      unknownGolden,
			"/connz?state=closed&user=nobody":   nobodyGolden,
			"/connz?cid=4&offset=0&state=all":   missingGolden,
			"/connz?cid=7&user=nobody&acc=$G&x": plainGolden,
		} {
			if diff := cmp.Diff(want, body(t, m, path)); diff != "" {
				t.Errorf("%s:\n%s", path, diff)
			}
		}
	})
}

const (
	openGolden = `{
  "server_id": "NID",
  "now": "2000-01-01T00:02:00Z",
  "num_connections": 1,
  "total": 1,
  "offset": 0,
  "limit": 1024,
  "connections": [
    {
      "cid": 7,
      "kind": "Client",
      "type": "nats",
      "ip": "127.0.0.1",
      "port": 5555,
      "start": "2000-01-01T00:00:00Z",
      "last_activity": "2000-01-01T00:01:00Z",
      "rtt": "401.167576ms",
      "uptime": "2m0s",
      "idle": "1m0s",
      "pending_bytes": 3,
      "in_msgs": 1,
      "out_msgs": 2,
      "in_bytes": 11,
      "out_bytes": 22,
      "stalls": 9,
      "subscriptions": 2,
      "name": "n\u003c1\u003e",
      "lang": "go",
      "version": "1.2",
      "tls_version": "1.3",
      "tls_cipher_suite": "TLS_AES_128_GCM_SHA256",
      "tls_peer_certs": [
        {
          "subject": "CN=x",
          "spki_sha256": "aa",
          "cert_sha256": "bb"
        }
      ],
      "tls_first": true,
      "authorized_user": "u",
      "account": "A",
      "subscriptions_list": [
        "bar",
        "foo.\u003e"
      ],
      "name_tag": "A"
    }
  ]
}`
	closedGolden = `{
  "server_id": "NID",
  "now": "2000-01-01T00:02:00Z",
  "num_connections": 1,
  "total": 1,
  "offset": 0,
  "limit": 1024,
  "connections": [
    {
      "cid": 3,
      "kind": "Client",
      "type": "nats",
      "ip": "::1",
      "port": 6666,
      "start": "2000-01-01T00:00:00Z",
      "last_activity": "2000-01-01T00:00:01Z",
      "stop": "2000-01-01T00:00:03Z",
      "reason": "Client Closed",
      "rtt": "0s",
      "uptime": "3s",
      "idle": "2s",
      "pending_bytes": 0,
      "in_msgs": 0,
      "out_msgs": 0,
      "in_bytes": 0,
      "out_bytes": 0,
      "subscriptions": 1,
      "subscriptions_list_detail": [
        {
          "account": "$G",
          "account_tag": "$G",
          "subject": "a",
          "sid": "1",
          "msgs": 0,
          "cid": 3
        }
      ]
    }
  ]
}`
	unknownGolden = `{
  "server_id": "",
  "now": "2000-01-01T00:02:00Z",
  "num_connections": 0,
  "total": 0,
  "offset": 0,
  "limit": 1024,
  "connections": null
}`
	nobodyGolden = `{
  "server_id": "NID",
  "now": "2000-01-01T00:02:00Z",
  "num_connections": 0,
  "total": 1,
  "offset": 0,
  "limit": 1024,
  "connections": []
}`
	missingGolden = `{
  "server_id": "NID",
  "now": "2000-01-01T00:02:00Z",
  "num_connections": 0,
  "total": 2,
  "offset": 0,
  "limit": 1,
  "connections": []
}`
	plainGolden = `{
  "server_id": "NID",
  "now": "2000-01-01T00:02:00Z",
  "num_connections": 1,
  "total": 1,
  "offset": 0,
  "limit": 1,
  "connections": [
    {
      "cid": 7,
      "kind": "Client",
      "type": "nats",
      "ip": "127.0.0.1",
      "port": 5555,
      "start": "2000-01-01T00:00:00Z",
      "last_activity": "2000-01-01T00:01:00Z",
      "rtt": "401.167576ms",
      "uptime": "2m0s",
      "idle": "1m0s",
      "pending_bytes": 3,
      "in_msgs": 1,
      "out_msgs": 2,
      "in_bytes": 11,
      "out_bytes": 22,
      "stalls": 9,
      "subscriptions": 2,
      "name": "n\u003c1\u003e",
      "lang": "go",
      "version": "1.2",
      "tls_version": "1.3",
      "tls_cipher_suite": "TLS_AES_128_GCM_SHA256",
      "tls_first": true
    }
  ]
}`
)

func TestOpenSubscriptionsAreDetailedInTheOrderOfTheirIDs(t *testing.T) {
	t.Parallel()
	f := &fake{open: []Conn{{ID: 1, Account: "$G", Subs: []Sub{
		{Account: "$G", Subject: "b", SID: "10"}, {Account: "$G", Subject: "a", SID: "9", Queue: "q", Max: 4, Msgs: 1},
		{Account: "$G", Subject: "c", SID: "1"},
	}}}}
	doc := fetch[Connz](t, monitorOf(f), "/connz?subs=detail")
	want := []SubDetail{
		{Subject: "c", SID: "1"}, {Subject: "a", SID: "9", Queue: "q", Max: 4, Msgs: 1}, {Subject: "b", SID: "10"},
	}
	if diff := cmp.Diff(want, doc.Connections[0].SubsDetail); diff != "" {
		t.Error(diff)
	}
}

// crowd returns connections that no two orders sort alike.
func crowd() *fake {
	conn := func(id uint64, start, last string, pending, subs int, in, out Traffic, rtt time.Duration) Conn {
		return Conn{
			ID: id, Type: "nats", Started: at(start), LastActivity: at(last), Pending: int64(pending), NumSubs: subs,
			In: in, Out: out, RTT: rtt, Account: "$G",
		}
	}
	f := &fake{
		accounts: []Account{{Name: "$G"}, {Name: "A"}},
		open: []Conn{
			conn(1, "10:00:00", "10:00:30", 5, 3, Traffic{1, 90}, Traffic{2, 2}, 30),
			conn(2, "10:00:10", "10:00:20", 7, 1, Traffic{2, 10}, Traffic{3, 1}, 10),
			conn(3, "10:00:20", "10:00:40", 6, 2, Traffic{3, 50}, Traffic{1, 3}, 20),
			conn(4, "10:00:20", "10:00:20", 5, 2, Traffic{0, 50}, Traffic{1, 1}, 20),
		},
		closed: []Conn{
			conn(5, "09:00:00", "09:00:20", 0, 0, Traffic{}, Traffic{}, 0),
			conn(6, "09:00:01", "09:00:10", 0, 0, Traffic{}, Traffic{}, 0),
			conn(7, "09:00:02", "09:00:11", 0, 0, Traffic{}, Traffic{}, 0),
		},
	}
	for i, end := range []struct{ stop, reason string }{
		{"09:01:02", "Read Error"}, {"09:01:00", "Client Closed"}, {"09:01:01", "Read Error"},
	} {
		f.closed[i].Stopped, f.closed[i].Reason = at(end.stop), end.reason
	}
	f.open[3].Account, f.open[3].User = "A", "u"
	return f
}

// ids asks for a page of connz and returns who is on it.
func ids(t *testing.T, m *Monitor, query string) (list []uint64, doc Connz) {
	t.Helper()
	doc = fetch[Connz](t, m, "/connz?"+query)
	list = []uint64{}
	for _, c := range doc.Connections {
		list = append(list, c.ID)
	}
	if doc.NumConns != len(list) {
		t.Errorf("%s: num_connections is %d, and there are %d", query, doc.NumConns, len(list))
	}
	return list, doc
}

func TestConnectionsAreSorted(t *testing.T) {
	t.Parallel()
	m := monitorOf(crowd())
	for query, want := range map[string][]uint64{
		"":                           {1, 2, 3, 4},
		"sort=":                      {1, 2, 3, 4},
		"sort=cid":                   {1, 2, 3, 4},
		"sort=start":                 {1, 2, 3, 4},
		"sort=subs":                  {1, 3, 4, 2},
		"sort=pending":               {2, 3, 1, 4},
		"sort=msgs_to":               {2, 1, 3, 4},
		"sort=msgs_from":             {3, 2, 1, 4},
		"sort=bytes_to":              {3, 1, 2, 4},
		"sort=bytes_from":            {1, 3, 4, 2},
		"sort=last":                  {3, 1, 2, 4},
		"sort=idle":                  {2, 4, 1, 3},
		"sort=uptime":                {3, 4, 2, 1},
		"sort=rtt":                   {1, 3, 4, 2},
		"sort=stop&state=closed":     {5, 7, 6},
		"sort=reason&state=closed":   {6, 5, 7},
		"sort=uptime&state=closed":   {6, 7, 5},
		"sort=idle&state=closed":     {6, 7, 5},
		"sort=cid&state=all":         {1, 2, 3, 4, 5, 6, 7},
		"sort=subs&limit=2":          {1, 3},
		"sort=subs&limit=2&offset=1": {3, 4},
		"sort=subs&limit=2&offset=3": {2},
		"sort=subs&offset=4":         {},
	} {
		if got, _ := ids(t, m, query); !cmp.Equal(want, got) {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

func TestConnectionsArePagedAndFiltered(t *testing.T) {
	t.Parallel()
	m := monitorOf(crowd())
	maxInt, minInt := strconv.Itoa(math.MaxInt), strconv.Itoa(math.MinInt)
	type page struct{ Total, Offset, Limit int }
	for query, want := range map[string]struct {
		ids []uint64
		page
	}{
		"limit=2":                               {[]uint64{1, 2}, page{4, 0, 2}},
		"limit=2&offset=3":                      {[]uint64{4}, page{4, 3, 2}},
		"limit=0&offset=-3":                     {[]uint64{1, 2, 3, 4}, page{4, 0, 1024}},
		"limit=-1":                              {[]uint64{1, 2, 3, 4}, page{4, 0, 1024}},
		"limit=2&limit=1":                       {[]uint64{1, 2}, page{4, 0, 2}},
		"offset=4":                              {[]uint64{}, page{4, 4, 1024}},
		"offset=1&limit=" + maxInt:              {[]uint64{2, 3, 4}, page{4, 1, math.MaxInt}},
		"offset=" + maxInt + "&limit=" + maxInt: {[]uint64{}, page{4, math.MaxInt, math.MaxInt}},
		"offset=" + minInt + "&limit=" + minInt: {[]uint64{1, 2, 3, 4}, page{4, 0, 1024}},
		"state=CLOSED":                          {[]uint64{5, 6, 7}, page{3, 0, 1024}},
		"state=Any&limit=5":                     {[]uint64{1, 2, 3, 4, 5}, page{7, 0, 5}},
		"state=open":                            {[]uint64{1, 2, 3, 4}, page{4, 0, 1024}},
		"acc=A":                                 {[]uint64{4}, page{1, 0, 1024}},
		"acc=$G&state=all&limit=4":              {[]uint64{1, 2, 3, 5}, page{6, 0, 4}},
		"user=u":                                {[]uint64{4}, page{4, 0, 1024}},
		"user=u&acc=$G":                         {[]uint64{}, page{3, 0, 1024}},
		"mqtt_client=m":                         {[]uint64{}, page{4, 0, 1024}},
		"cid=2":                                 {[]uint64{2}, page{4, 0, 1}},
		"cid=2&limit=9&acc=A":                   {[]uint64{2}, page{4, 0, 1}},
		"cid=2&offset=1":                        {[]uint64{}, page{4, 1, 1}},
		"cid=6":                                 {[]uint64{}, page{4, 0, 1}},
		"cid=6&state=closed":                    {[]uint64{6}, page{3, 0, 1}},
		"cid=6&state=all":                       {[]uint64{6}, page{7, 0, 1}},
		"cid=2&state=closed":                    {[]uint64{}, page{3, 0, 1}},
		"cid=0":                                 {[]uint64{1, 2, 3, 4}, page{4, 0, 1024}},
	} {
		got, doc := ids(t, m, query)
		if diff := cmp.Diff(want.ids, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
		if diff := cmp.Diff(want.page, page{doc.Total, doc.Offset, doc.Limit}); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

// BenchmarkConnz shows what a page costs a server with many clients.
func BenchmarkConnz(b *testing.B) {
	f := &fake{}
	for i := range 10_000 {
		f.open = append(f.open, Conn{ID: uint64(i + 1), NumSubs: i % 7})
	}
	m := monitorOf(f)
	for _, sort := range []string{byID, "subs"} {
		b.Run(sort, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				body(b, m, "/connz?limit=10&sort="+sort)
			}
		})
	}
}
