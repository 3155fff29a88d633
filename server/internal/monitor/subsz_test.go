package monitor

import (
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func subscribed() *fake {
	return &fake{
		identity: Identity{ID: "NID"},
		accounts: []Account{{Name: "$G", NumSubs: 3, Inserts: 5, Removes: 2}, {Name: "A", NumSubs: 1, Inserts: 1}},
		subs: map[string][]Sub{
			"$G": {
				{Account: "$G", Subject: "foo.*", Queue: "q", SID: "1", Msgs: 2, Max: 9, ClientID: 4},
				{Account: "$G", Subject: "bar", SID: "2", ClientID: 4},
				{Account: "$G", Subject: ">", SID: "3", ClientID: 5},
			},
			"A": {{Account: "A", Subject: "foo.x", SID: "1", ClientID: 6}},
		},
	}
}

func TestSubsz(t *testing.T) {
	t.Parallel()
	const head = `{
  "server_id": "NID",
  "now": "NOW",
  "num_subscriptions": 4,
  "num_cache": 0,
  "num_inserts": 6,
  "num_removes": 2,
  "num_matches": 0,
  "cache_hit_rate": 0,
  "max_fanout": 0,
  "avg_fanout": 0,
`
	m := monitorOf(subscribed())
	for path, want := range map[string]string{
		"/subsz": head + `  "total": 0,
  "offset": 0,
  "limit": 1024
}`,
		"/subscriptionsz?subs=1&limit=1": head + `  "total": 4,
  "offset": 0,
  "limit": 1,
  "subscriptions_list": [
    {
      "account": "$G",
      "account_tag": "$G",
      "subject": "foo.*",
      "qgroup": "q",
      "sid": "1",
      "msgs": 2,
      "max": 9,
      "cid": 4
    }
  ]
}`,
	} {
		if diff := cmp.Diff(want, timeless(body(t, m, path))); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestSubscriptionsArePagedAndFiltered(t *testing.T) {
	t.Parallel()
	m := monitorOf(subscribed())
	maxInt := strconv.Itoa(math.MaxInt)
	for query, want := range map[string]struct {
		Subjects []string
		Total    int
		Num      int
	}{
		"subs=1":                                       {[]string{"foo.*", "bar", ">", "foo.x"}, 4, 4},
		"subs=true&limit=2&offset=1":                   {[]string{"bar", ">"}, 4, 4},
		"subs=1&limit=-5&offset=-4":                    {[]string{"foo.*", "bar", ">", "foo.x"}, 4, 4},
		"subs=1&offset=4":                              {nil, 4, 4},
		"subs=1&offset=1&limit=" + maxInt:              {[]string{"bar", ">", "foo.x"}, 4, 4},
		"subs=1&limit=" + maxInt + "&offset=" + maxInt: {nil, 4, 4},
		"subs=1&acc=A":                                 {[]string{"foo.x"}, 1, 1},
		"acc=A":                                        {nil, 0, 1},
		"subs=1&acc=unknown":                           {nil, 0, 0},
		"subs=1&test=foo.x":                            {[]string{"foo.*", ">", "foo.x"}, 3, 4},
		"subs=1&test=foo.x&offset=1":                   {[]string{">", "foo.x"}, 3, 4},
		"subs=1&test=foo.x&acc=$G":                     {[]string{"foo.*", ">"}, 2, 3},
		"test=foo.x":                                   {nil, 0, 4},
		"subs=1&test=":                                 {[]string{"foo.*", "bar", ">", "foo.x"}, 4, 4},
	} {
		doc := fetch[Subsz](t, m, "/subsz?"+query)
		got := want
		got.Subjects, got.Total, got.Num = nil, doc.Total, doc.NumSubs
		for _, s := range doc.Subs {
			got.Subjects = append(got.Subjects, s.Subject)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}
