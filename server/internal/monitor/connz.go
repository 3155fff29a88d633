package monitor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Connz is the document at /connz: a page of the connections.
type Connz struct {
	ID          string     `json:"server_id"`
	Now         time.Time  `json:"now"`
	NumConns    int        `json:"num_connections"` // on this page
	Total       int        `json:"total"`           // before paging
	Offset      int        `json:"offset"`
	Limit       int        `json:"limit"`
	Connections []ConnInfo `json:"connections"`
}

// ConnInfo is one connection in [Connz].
type ConnInfo struct {
	ID            uint64        `json:"cid"`
	Kind          string        `json:"kind"`
	Type          string        `json:"type"`
	IP            string        `json:"ip"`
	Port          int           `json:"port"`
	Start         time.Time     `json:"start"`
	LastActivity  time.Time     `json:"last_activity"`
	Stop          *time.Time    `json:"stop,omitempty"`
	Reason        string        `json:"reason,omitempty"`
	RTT           string        `json:"rtt"`
	Uptime        string        `json:"uptime"`
	Idle          string        `json:"idle"`
	Pending       int64         `json:"pending_bytes"`
	InMsgs        uint64        `json:"in_msgs"`
	OutMsgs       uint64        `json:"out_msgs"`
	InBytes       uint64        `json:"in_bytes"`
	OutBytes      uint64        `json:"out_bytes"`
	Stalls        uint64        `json:"stalls,omitempty"`
	NumSubs       int           `json:"subscriptions"`
	Name          string        `json:"name,omitempty"`
	Lang          string        `json:"lang,omitempty"`
	Version       string        `json:"version,omitempty"`
	TLSVersion    string        `json:"tls_version,omitempty"`
	TLSCipher     string        `json:"tls_cipher_suite,omitempty"`
	TLSPeerCerts  []TLSPeerCert `json:"tls_peer_certs,omitempty"`
	TLSFirst      bool          `json:"tls_first,omitempty"`
	User          string        `json:"authorized_user,omitempty"`
	Account       string        `json:"account,omitempty"`
	Subs          []string      `json:"subscriptions_list,omitempty"`
	SubsDetail    []SubDetail   `json:"subscriptions_list_detail,omitempty"`
	JWT           string        `json:"jwt,omitempty"`
	Issuer        string        `json:"issuer_key,omitempty"`
	AccountNaming string        `json:"name_tag,omitempty"`
	Tags          []string      `json:"tags,omitempty"`
	Proxy         *ProxyInfo    `json:"proxy,omitempty"`
}

// ProxyInfo names the proxy that a connection came through.
type ProxyInfo struct {
	Key string `json:"key"`
}

// TLSPeerCert is a certificate that a client presented.
type TLSPeerCert struct {
	Subject    string `json:"subject,omitempty"`
	SPKISHA256 string `json:"spki_sha256,omitempty"`
	CertSHA256 string `json:"cert_sha256,omitempty"`
}

// connQuery is what a request to connz asks for.
type connQuery struct {
	sort          string
	auth          bool
	subs          subDetail
	page          page
	id            uint64 // 0 for all
	state         connState
	user, account string // "" for all
	mqttClient    string // "" for all
	filter        string // subject that they subscribe to; "" for any
}

// connState selects connections.
type connState int

const (
	stateOpen connState = iota
	stateClosed
	stateAll
)

// connQuery decodes the parameters.
func (p *params) connQuery() connQuery {
	q := connQuery{
		sort: p.text("sort"), auth: p.boolean("auth"), subs: p.subscriptions(),
		page: p.page(), id: p.id("cid"), state: p.state(),
		user: p.text("user"), account: p.text("acc"), mqttClient: p.text("mqtt_client"),
	}
	if q.sort == "" {
		q.sort = byID
	}
	if p.request {
		q.filter = p.text("filter_subject")
	}
	if q.id != 0 {
		q.page.limit = 1
	}
	return q
}

func (p *params) state() connState {
	s := p.text("state")
	switch strings.ToLower(s) {
	case "", "open":
		return stateOpen
	case "closed":
		return stateClosed
	case "any", "all":
		return stateAll
	}
	if p.err == nil {
		p.err = fmt.Errorf("Error decoding state for %s", s)
	}
	return stateOpen
}

func (m *Monitor) connz(p *params) (any, error) {
	q := p.connQuery()
	if p.err != nil {
		return nil, p.err
	}
	if q.filter != "" && q.account == "" {
		return nil, errors.New("filter by subject only valid with account filtering")
	}
	order, err := sortOrder(q.sort, q.state)
	if err != nil {
		return nil, err
	}
	at := now()
	doc := &Connz{Now: at, Offset: q.page.offset, Limit: q.page.limit}
	if q.account != "" && !m.hasAccount(q.account) {
		return doc, nil // as nats-server: without an ID, and null for the list
	}
	doc.ID = m.cfg.Server.Identity().ID
	clients := m.clients(q)
	doc.Total = len(clients)
	if q.id != 0 {
		clients = m.find(q)
	} else if q.user != "" || q.account != "" || q.mqttClient != "" {
		clients, doc.Total = q.pick(clients)
	}
	if q.filter != "" {
		clients = interested(clients, q.account, q.filter)
		doc.Total = len(clients)
	}
	doc.Connections = []ConnInfo{}
	for _, c := range order.page(clients, q.page, at) {
		doc.Connections = append(doc.Connections, connInfo(c.Describe(q.subs != subCount), &q, at))
	}
	doc.NumConns = len(doc.Connections)
	return doc, nil
}

// clients returns the connections in the state asked for.
func (m *Monitor) clients(q connQuery) []Client {
	switch q.state {
	case stateOpen:
		return m.cfg.Connections.Open()
	case stateClosed:
		return m.cfg.Connections.Closed()
	default:
		return append(m.cfg.Connections.Open(), m.cfg.Connections.Closed()...)
	}
}

// find returns the connection with the number asked for, in a list that is
// empty if there is none. Other filters do not count.
func (m *Monitor) find(q connQuery) []Client {
	if q.state != stateClosed {
		if c := m.cfg.Connections.Find(q.id); c != nil {
			return []Client{c}
		}
	}
	if q.state != stateOpen {
		for _, c := range m.cfg.Connections.Closed() {
			if c.ID() == q.id {
				return []Client{c}
			}
		}
	}
	return nil
}

// pick returns the clients of the account and user asked for, and how many
// are in the account: the user does not reduce the total.
func (q *connQuery) pick(clients []Client) (list []Client, total int) {
	for _, c := range clients {
		info := c.Describe(false)
		if q.account != "" && info.Account != q.account {
			continue
		}
		total++
		if (q.user == "" || info.User == q.user) && q.mqttClient == "" {
			list = append(list, c)
		}
	}
	return list, total
}

// connInfo renders the facts about a connection.
func connInfo(c Conn, q *connQuery, at time.Time) ConnInfo {
	open := c.Stopped.IsZero()
	info := ConnInfo{
		ID: c.ID, Kind: "Client", Type: c.Type, IP: c.Host, Port: c.Port,
		Start: c.Started.UTC(), LastActivity: c.LastActivity.UTC(), Reason: c.Reason,
		RTT: c.RTT.String(), Uptime: duration(c.uptime(at)), Idle: duration(c.idle(at)),
		Pending: c.Pending, InMsgs: c.In.Msgs, OutMsgs: c.Out.Msgs, InBytes: c.In.Bytes, OutBytes: c.Out.Bytes,
		Stalls: c.Stalls, NumSubs: c.NumSubs, Name: c.Name, Lang: c.Lang, Version: c.Version,
	}
	if !open {
		stop := c.Stopped.UTC()
		info.Stop = &stop
	}
	if c.TLS != nil {
		info.TLSVersion, info.TLSCipher, info.TLSFirst = c.TLS.Version, c.TLS.CipherSuite, c.TLS.First
	}
	if c.ProxyKey != "" {
		info.Proxy = &ProxyInfo{c.ProxyKey}
	}
	if q.auth {
		info.showIdentity(&c, open)
	}
	info.showSubs(c.Subs, q.subs, open)
	return info
}

// showIdentity adds who the client is. The account of clients without
// credentials goes without saying, except for its tag.
func (i *ConnInfo) showIdentity(c *Conn, open bool) {
	i.User = c.User
	if c.Account != globalAccount {
		i.Account = c.Account
	}
	i.JWT, i.Issuer, i.Tags = c.JWT, c.Issuer, c.Tags
	if open {
		i.AccountNaming = cmp.Or(c.NameTag, c.Account)
	}
	if c.TLS != nil {
		for _, cert := range c.TLS.PeerCerts {
			i.TLSPeerCerts = append(i.TLSPeerCerts, TLSPeerCert(cert))
		}
	}
}

// globalAccount is the account of clients without credentials.
const globalAccount = "$G"

// showSubs adds the subscriptions, in an order of their own: they come in
// none.
func (i *ConnInfo) showSubs(subs []Sub, detail subDetail, open bool) {
	switch detail {
	case subNames:
		for _, s := range subs {
			i.Subs = append(i.Subs, s.Subject)
		}
		slices.Sort(i.Subs)
	case subFull:
		for _, s := range subs {
			d := subDetailOf(s)
			if open {
				// The account stands with the connection.
				d.Account, d.AccountTag = "", ""
			}
			i.SubsDetail = append(i.SubsDetail, d)
		}
		slices.SortFunc(i.SubsDetail, func(a, b SubDetail) int { return compareSIDs(a.SID, b.SID) })
	}
}

// compareSIDs orders subscription IDs, which are numbers in practice, by value
// without taking that for granted.
func compareSIDs(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
