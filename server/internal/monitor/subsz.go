package monitor

import (
	"fmt"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Subsz is the document at /subsz: the interest of all accounts, or one.
type Subsz struct {
	ID  string    `json:"server_id"`
	Now time.Time `json:"now"`
	InterestStats
	Total  int         `json:"total"` // before paging; 0 unless subscriptions are listed
	Offset int         `json:"offset"`
	Limit  int         `json:"limit"`
	Subs   []SubDetail `json:"subscriptions_list,omitempty"`
}

// InterestStats are counters of an interest index. Those about a cache of
// matches, and the fan-out of its entries, are always zero: there is no cache.
type InterestStats struct {
	NumSubs      int     `json:"num_subscriptions"`
	NumCache     int     `json:"num_cache"`
	NumInserts   uint64  `json:"num_inserts"`
	NumRemoves   uint64  `json:"num_removes"`
	NumMatches   uint64  `json:"num_matches"`
	CacheHitRate float64 `json:"cache_hit_rate"`
	MaxFanout    uint32  `json:"max_fanout"`
	AvgFanout    float64 `json:"avg_fanout"`
}

// add counts another account in.
func (s *InterestStats) add(a *Account) {
	s.NumSubs += a.NumSubs
	s.NumInserts += a.Inserts
	s.NumRemoves += a.Removes
}

// SubDetail is one subscription in a list.
type SubDetail struct {
	Account    string `json:"account,omitempty"`
	AccountTag string `json:"account_tag,omitempty"`
	Subject    string `json:"subject"`
	Queue      string `json:"qgroup,omitempty"`
	SID        string `json:"sid"`
	Msgs       uint64 `json:"msgs"`
	Max        uint64 `json:"max,omitempty"`
	ClientID   uint64 `json:"cid"`
}

func subDetailOf(s Sub) SubDetail {
	return SubDetail{
		Account: s.Account, AccountTag: s.Account, Subject: s.Subject, Queue: s.Queue,
		SID: s.SID, Msgs: s.Msgs, Max: s.Max, ClientID: s.ClientID,
	}
}

func (m *Monitor) subsz(p *params) (any, error) {
	list := p.boolean("subs")
	pg := p.page()
	account, test := p.text("acc"), p.text("test")
	if p.err != nil {
		return nil, p.err
	}
	if test != "" && !subject.ValidLiteral(test) {
		return nil, fmt.Errorf("invalid test subject, must be valid publish subject: %s", test)
	}
	doc := &Subsz{ID: m.cfg.Server.Identity().ID, Now: now(), Offset: pg.offset, Limit: pg.limit}
	for _, a := range m.cfg.Accounts.Accounts() {
		if account != "" && a.Name != account {
			continue
		}
		doc.add(&a)
		if list {
			m.listSubs(doc, a.Name, test, pg)
		}
	}
	return doc, nil
}

// listSubs counts the subscriptions of an account that receive the test
// subject, if there is one, and adds those on the page to the document.
func (m *Monitor) listSubs(doc *Subsz, account, test string, pg page) {
	for s := range m.cfg.Accounts.Subscriptions(account) {
		if test != "" && !subject.Match(s.Subject(), test) {
			continue
		}
		if doc.Total >= pg.offset && len(doc.Subs) < pg.limit {
			doc.Subs = append(doc.Subs, subDetailOf(s.Describe()))
		}
		doc.Total++
	}
}
