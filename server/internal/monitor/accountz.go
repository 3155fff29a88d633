package monitor

import (
	"cmp"
	"fmt"
	"time"
)

// Accountz is the document at /accountz: the names of all accounts, or one
// account.
type Accountz struct {
	ID            string       `json:"server_id"`
	Now           time.Time    `json:"now"`
	SystemAccount string       `json:"system_account,omitempty"`
	Accounts      []string     `json:"accounts,omitempty"`
	Detail        *AccountInfo `json:"account_detail,omitempty"`
}

// AccountInfo is one account in [Accountz].
type AccountInfo struct {
	Name      string                   `json:"account_name"`
	Updated   time.Time                `json:"update_time"`
	System    bool                     `json:"is_system,omitempty"`
	Expired   bool                     `json:"expired"`
	Complete  bool                     `json:"complete"`
	JetStream bool                     `json:"jetstream_enabled"`
	Leafs     int                      `json:"leafnode_connections"`
	Clients   int                      `json:"client_connections"`
	NumSubs   int                      `json:"subscriptions"`
	Mappings  map[string][]MappingDest `json:"mappings,omitempty"`
	JWT       string                   `json:"jwt,omitempty"`
	Issuer    string                   `json:"issuer_key,omitempty"`
	NameTag   string                   `json:"name_tag"`
	Tags      []string                 `json:"tags,omitempty"`
	Interest  InterestStats            `json:"sublist_stats"`
}

// MappingDest is one destination of a subject mapping.
type MappingDest struct {
	Subject string `json:"subject"`
	Weight  uint8  `json:"weight"` // percent
	Cluster string `json:"cluster,omitempty"`
}

func (m *Monitor) accountz(p *params) (any, error) {
	name, system := p.text("acc"), m.cfg.Server.Settings().Configuration.SystemAccount
	doc := &Accountz{ID: m.cfg.Server.Identity().ID, Now: now(), SystemAccount: system}
	for _, a := range m.cfg.Accounts.Accounts() {
		switch name {
		case "":
			doc.Accounts = append(doc.Accounts, a.Name)
		case a.Name:
			doc.Detail = accountInfo(&a)
			doc.Detail.System = name == system
		}
	}
	if name != "" && doc.Detail == nil {
		return nil, fmt.Errorf("Account %s does not exist", name)
	}
	return doc, nil
}

func accountInfo(a *Account) *AccountInfo {
	info := &AccountInfo{
		Name: a.Name, Updated: a.Updated.UTC(), Expired: a.Expired, Complete: true,
		Clients: a.Clients, NumSubs: a.NumSubs, Mappings: a.Mappings, NameTag: cmp.Or(a.Label, a.Name),
		JWT: a.JWT, Issuer: a.Issuer, Tags: a.Tags,
	}
	info.Interest.add(a)
	return info
}

func (m *Monitor) hasAccount(name string) bool {
	for _, a := range m.cfg.Accounts.Accounts() {
		if a.Name == name {
			return true
		}
	}
	return false
}

// Accstatz is the document at /accstatz: the traffic of the accounts.
type Accstatz struct {
	ID       string        `json:"server_id"`
	Now      time.Time     `json:"now"`
	Accounts []AccountStat `json:"account_statz"`
}

// AccountStat is one account in [Accstatz].
type AccountStat struct {
	Account       string    `json:"acc"`
	Name          string    `json:"name"`
	Conns         int       `json:"conns"`
	Leafs         int       `json:"leafnodes"`
	TotalConns    int       `json:"total_conns"`
	NumSubs       int       `json:"num_subscriptions"`
	Sent          DataStats `json:"sent"`
	Received      DataStats `json:"received"`
	SlowConsumers uint64    `json:"slow_consumers"`
}

// DataStats is traffic, and the part of it that concerns other servers.
type DataStats struct {
	MsgBytes
	Gateways MsgBytes `json:"gateways"`
	Routes   MsgBytes `json:"routes"`
	Leafs    MsgBytes `json:"leafs"`
}

// MsgBytes is traffic.
type MsgBytes struct {
	Msgs  uint64 `json:"msgs"`
	Bytes uint64 `json:"bytes"`
}

func (m *Monitor) accstatz(p *params) (any, error) {
	unused := p.boolean("unused")
	if p.err != nil {
		return nil, p.err
	}
	return m.accountStats(unused), nil
}

// accountStats are those of all accounts; of those without connections only if
// unused is set.
func (m *Monitor) accountStats(unused bool) *Accstatz {
	doc := &Accstatz{ID: m.cfg.Server.Identity().ID, Now: now(), Accounts: []AccountStat{}}
	for _, a := range m.cfg.Accounts.Accounts() {
		if a.Clients == 0 && !unused {
			continue
		}
		doc.Accounts = append(doc.Accounts, AccountStat{
			Account: a.Name, Name: cmp.Or(a.Label, a.Name), Conns: a.Clients, TotalConns: a.Clients, NumSubs: a.NumSubs,
			Sent:          DataStats{MsgBytes: MsgBytes(a.Sent)},
			Received:      DataStats{MsgBytes: MsgBytes(a.Received)},
			SlowConsumers: a.SlowConsumers,
		})
	}
	return doc
}
