package monitor

import "time"

// Routez is the document at /routez: the other servers of the cluster.
type Routez struct {
	ID     string    `json:"server_id"`
	Name   string    `json:"server_name"`
	Now    time.Time `json:"now"`
	Num    int       `json:"num_routes"`
	Routes []Off     `json:"routes"`
}

func (m *Monitor) routez(p *params) (any, error) {
	p.subscriptions()
	id := m.cfg.Server.Identity()
	return &Routez{ID: id.ID, Name: id.Name, Now: now(), Routes: []Off{}}, p.err
}

// Gatewayz is the document at /gatewayz: the links to other clusters.
type Gatewayz struct {
	ID       string    `json:"server_id"`
	Now      time.Time `json:"now"`
	Outbound Off       `json:"outbound_gateways"`
	Inbound  Off       `json:"inbound_gateways"`
}

func (m *Monitor) gatewayz(p *params) (any, error) {
	p.subscriptions()
	p.boolean("accs")
	return &Gatewayz{ID: m.cfg.Server.Identity().ID, Now: now()}, p.err
}

// Leafz is the document at /leafz: the leaf nodes.
type Leafz struct {
	ID    string    `json:"server_id"`
	Now   time.Time `json:"now"`
	Num   int       `json:"leafnodes"`
	Leafs []Off     `json:"leafs"`
}

func (m *Monitor) leafz(p *params) (any, error) {
	p.boolean("subs")
	return &Leafz{ID: m.cfg.Server.Identity().ID, Now: now(), Leafs: []Off{}}, p.err
}
