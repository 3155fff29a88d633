package monitor

import "time"

// Statsz are the figures that a server publishes about itself.
type Statsz struct {
	Start            time.Time `json:"start"`
	Mem              int64     `json:"mem"`
	Cores            int       `json:"cores"`
	CPU              float64   `json:"cpu"`
	Connections      int       `json:"connections"`
	TotalConnections uint64    `json:"total_connections"`
	ActiveAccounts   int       `json:"active_accounts"`
	Subscriptions    int       `json:"subscriptions"`
	Sent             MsgBytes  `json:"sent"`
	SentToClients    MsgBytes  `json:"sent_to_clients"`
	Received         MsgBytes  `json:"received"`
	FromClients      MsgBytes  `json:"received_from_clients"`
	SlowConsumers    uint64    `json:"slow_consumers"`
	StaleConnections uint64    `json:"stale_connections,omitempty"`
	StalledClients   uint64    `json:"stalled_clients,omitempty"`
	MemLimit         int64     `json:"gomemlimit,omitempty"`
	MaxProcs         int       `json:"gomaxprocs,omitempty"`
}

// Statsz returns the figures of this moment.
func (m *Monitor) Statsz() *Statsz {
	n, use := m.cfg.Server.Counters(), m.processStats(now())
	sz := &Statsz{
		Start: m.cfg.Server.Identity().Started.UTC(),
		Mem:   use.Mem, Cores: use.Cores, CPU: use.CPUPercent, MemLimit: use.MemLimit, MaxProcs: use.MaxProcs,
		Connections: n.Connections, TotalConnections: n.TotalConnections, Subscriptions: n.Subscriptions,
		Sent: MsgBytes(n.Sent), SentToClients: MsgBytes(n.Sent), Received: MsgBytes(n.Received), FromClients: MsgBytes(n.Received),
		SlowConsumers: n.SlowConsumers, StaleConnections: n.StaleConnections, StalledClients: n.StalledClients,
	}
	for _, a := range m.cfg.Accounts.Accounts() {
		if a.Clients > 0 {
			sz.ActiveAccounts++
		}
	}
	return sz
}
