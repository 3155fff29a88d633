package server

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/auth/perm"
	"github.com/dunlin-mq/dunlin/protocol"
	"github.com/dunlin-mq/dunlin/protocol/subject"
	"github.com/dunlin-mq/dunlin/server/internal/client"
	"github.com/dunlin-mq/dunlin/server/internal/monitor"
	"github.com/dunlin-mq/dunlin/server/internal/system"
)

// serveRequests has the requests to the system account answered.
func (s *Server) serveRequests() error {
	type row struct {
		subject string
		answer  system.Answerer
	}
	own := "$SYS.REQ.SERVER." + s.identity.id + "."
	table := []row{
		{"$SYS.REQ.SERVER.PING", s.statsRequest},
		{"$SYS.REQ.SERVER.PING.STATSZ", s.statsRequest},
		{own + "STATSZ", s.statsRequest},
		{"$SYS.REQ.SERVER.PING.IDZ", s.idRequest},
		{own + "IDZ", s.idRequest},
		{own + "RELOAD", s.reloadRequest},
		{own + "KICK", s.kickRequest},
		{own + "LDM", s.sendAwayRequest},
		{"$SYS.REQ.ACCOUNT.*.INFO", s.accountInfoRequest},
		{"$SYS.REQ.ACCOUNT.*.STATZ", s.accountStatRequest},
		{"$SYS.REQ.ACCOUNT.*.CONNS", s.connectionsRequest},
		{"$SYS.REQ.ACCOUNT.*.CONNZ", s.accountRequest("CONNZ", "")},
		{"$SYS.REQ.ACCOUNT.*.SUBSZ", s.accountRequest("SUBSZ", "subs")},
		{"$SYS.REQ.ACCOUNT.*.LEAFZ", s.accountRequest("LEAFZ", "")},
		{"$SYS.REQ.USER.INFO", s.userInfoRequest},
		{"$SYS.REQ.USER.*.INFO", s.userInfoRequest},
	}
	for _, name := range monitor.Requests() {
		answer := s.monitorRequest(name)
		table = append(table, row{"$SYS.REQ.SERVER.PING." + name, answer}, row{own + name, answer})
	}
	for _, r := range table {
		if err := s.office.desk.Answer(r.subject, r.answer); err != nil {
			return err
		}
	}
	_, err := s.voice.Serve(s.office.account, "$SYS.DEBUG.SUBSCRIBERS", s.countSubscribers)
	return err
}

// monitorRequest answers with a document of the monitor.
func (s *Server) monitorRequest(name string) system.Answerer {
	return func(r *system.Request) (any, error) { return monitored(s.monitor.Answer(name, r.Payload)) }
}

// accountRequest is monitorRequest about the account that the subject names, with
// another option switched on; every account where that is PING.
func (s *Server) accountRequest(name, option string) system.Answerer {
	return func(r *system.Request) (any, error) {
		force := map[string]string{}
		if acc := accountIn(r.Subject); acc != everyAccount {
			force["acc"] = acc
		}
		if option != "" {
			force[option] = "true"
		}
		return monitored(s.monitor.AnswerWith(name, r.Payload, force))
	}
}

// monitored translates the errors of a monitor.
func monitored(doc any, err error) (any, error) {
	var bad *monitor.OptionError
	switch {
	case errors.As(err, &bad):
		return nil, &system.Failure{Code: 400, Description: bad.Error()}
	case err == nil && doc == nil:
		return nil, system.ErrSilent
	}
	return doc, err
}

// everyAccount stands in a subject in the place of an account's name.
const everyAccount = "PING"

// accountIn returns the account that $SYS.REQ.ACCOUNT.name.WHAT is about.
func accountIn(subject string) string {
	tokens := strings.Split(subject, ".")
	if len(tokens) < 5 {
		return ""
	}
	return tokens[3]
}

func (s *Server) statsRequest(*system.Request) (any, error) {
	return system.Bare{Document: system.StatisticsDocument(s.author(), s.monitor.Statsz())}, nil
}

func (s *Server) idRequest(*system.Request) (any, error) {
	return system.Bare{Document: struct {
		Name string `json:"name"`
		Host string `json:"host"`
		ID   string `json:"id"`
	}{s.Name(), s.Options().Host, s.identity.id}}, nil
}

func (s *Server) reloadRequest(*system.Request) (any, error) {
	s.mu.Lock()
	load := s.loader
	s.mu.Unlock()
	return nil, s.ReloadFrom(load)
}

// clientOf finds the client that the body of a request names.
func (s *Server) clientOf(r *system.Request) *client.Client {
	var options struct {
		ID uint64 `json:"cid"`
	}
	if json.Unmarshal(r.Payload, &options) != nil {
		return nil
	}
	return s.env.Registry.Get(options.ID)
}

func (s *Server) kickRequest(r *system.Request) (any, error) {
	c := s.clientOf(r)
	if c == nil {
		return nil, errors.New("no such client or leafnode id")
	}
	c.Close(protocol.Kicked)
	return nil, nil
}

func (s *Server) sendAwayRequest(r *system.Request) (any, error) {
	c := s.clientOf(r)
	if c == nil {
		return nil, errors.New("no such client id")
	}
	return nil, c.SendInfo(func(info *protocol.Info) { info.LameDuck = true })
}

func (s *Server) accountInfoRequest(r *system.Request) (any, error) {
	return s.monitor.AccountDetail(accountIn(r.Subject))
}

func (s *Server) accountStatRequest(r *system.Request) (any, error) {
	var options struct {
		Accounts []string `json:"accounts"`
		Unused   bool     `json:"include_unused"`
	}
	if len(r.Payload) > 0 {
		if err := json.Unmarshal(r.Payload, &options); err != nil {
			return nil, &system.Failure{Code: 400, Description: err.Error()}
		}
	}
	if acc := accountIn(r.Subject); acc != everyAccount {
		options.Accounts = []string{acc}
	}
	stats := s.monitor.AccountStats(options.Accounts, options.Unused)
	if len(stats.Accounts) == 0 {
		return nil, system.ErrSilent
	}
	return stats, nil
}

func (s *Server) connectionsRequest(r *system.Request) (any, error) {
	a := s.accounts.Get(accountIn(r.Subject))
	if a == nil || a.Members() == 0 {
		return nil, system.ErrSilent
	}
	return system.Bare{Document: json.RawMessage(s.office.herald.ConnectionsDocument(s.accountStat(a)))}, nil
}

// countSubscribers answers with the number of subscriptions of clients in the
// asker's account: the body names a subject and, behind a blank, a queue group.
func (s *Server) countSubscribers(r *system.Request) {
	acc := r.Account
	if c, ok := r.Origin.(*client.Client); ok {
		acc = c.Account()
	}
	what, queue, _ := strings.Cut(strings.TrimSpace(string(r.Payload)), " ")
	n := 0
	for sub := range (facts{s}).Subscriptions(acc.Name) {
		if subject.Overlap(sub.Subject(), what) && (queue == "" || sub.Describe().Queue == queue) {
			n++
		}
	}
	if r.Reply != "" {
		s.voice.Publish(r.Account, r.Reply, "", nil, strconv.AppendInt(nil, int64(n), 10))
	}
}

// userInfo is what a client is told about itself.
type userInfo struct {
	User        string           `json:"user"`
	Account     string           `json:"account"`
	AccountName string           `json:"account_name,omitempty"`
	UserName    string           `json:"user_name,omitempty"`
	Permissions *userPermissions `json:"permissions,omitempty"`
	Expires     time.Duration    `json:"expires,omitempty"` // from now, nanoseconds
}

type userPermissions struct {
	Publish   *subjectLists `json:"publish,omitempty"`
	Subscribe *subjectLists `json:"subscribe,omitempty"`
	Responses *responses    `json:"responses,omitempty"`
}

type subjectLists struct {
	Allow []string `json:"allow,omitempty"`
	Deny  []string `json:"deny,omitempty"`
}

type responses struct {
	Max int           `json:"max"`
	TTL time.Duration `json:"ttl"` // nanoseconds
}

func (s *Server) userInfoRequest(r *system.Request) (any, error) {
	c, ok := r.Origin.(*client.Client)
	if !ok {
		return nil, system.ErrSilent
	}
	id, acc := c.Identity(), c.Account()
	u := userInfo{User: c.Document(time.Time{}).User, Account: acc.Name, AccountName: acc.Label()}
	if id == nil {
		return u, nil
	}
	u.UserName = id.NameTag
	if !id.Expires.IsZero() {
		u.Expires = time.Until(id.Expires)
	}
	if rules := id.Permissions.Rules(); rules != nil {
		u.Permissions = shownPermissions(rules)
	}
	return u, nil
}

// shownPermissions writes rules as their user sees them.
func shownPermissions(rules *perm.Rules) *userPermissions {
	p := new(userPermissions)
	lists := func(s *perm.Subjects) *subjectLists {
		if s == nil {
			return nil
		}
		return &subjectLists{s.Allow, s.Deny}
	}
	p.Publish, p.Subscribe = lists(rules.Publish), lists(rules.Subscribe)
	if r := rules.Responses; r != nil {
		p.Responses = &responses{r.Max, r.TTL}
	}
	return p
}
