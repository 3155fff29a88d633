package monitor

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"runtime"
	"strconv"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Requests returns the names of the documents that [Monitor.Answer] makes, as
// requests to the system account have them.
func Requests() []string {
	return []string{
		"VARZ", "CONNZ", "ROUTEZ", "GATEWAYZ", "LEAFZ", "SUBSZ", "ACCOUNTZ", "JSZ", "HEALTHZ",
		"EXPVARZ", "IPQUEUESZ", "RAFTZ",
	}
}

// Answer makes a document of [Requests] for the options in a JSON object, which
// may be empty. The options are the parameters of the HTTP endpoint under the
// names that requests use for them. A nil document without an error means that
// this server does not answer.
func (m *Monitor) Answer(name string, options []byte) (any, error) {
	return m.AnswerWith(name, options, nil)
}

// AnswerWith is Answer with parameters that no option changes.
func (m *Monitor) AnswerWith(name string, options []byte, force map[string]string) (any, error) {
	p, err := optionParams(options)
	if err != nil {
		return nil, err
	}
	for name, value := range force {
		p.values.Set(name, value)
	}
	switch name {
	case "VARZ":
		return m.varz(p)
	case "CONNZ":
		return m.connz(p)
	case "ROUTEZ":
		return m.routez(p)
	case "GATEWAYZ":
		return m.gatewayz(p)
	case "LEAFZ":
		return m.leafz(p)
	case "SUBSZ":
		return m.subsz(p)
	case "ACCOUNTZ":
		return m.accountz(p)
	case "JSZ":
		if doc, err := m.jsz(p); err != errNotLeader {
			return doc, err
		}
		return nil, nil
	case "HEALTHZ":
		return m.health(p)
	case "EXPVARZ":
		return m.variables(), nil
	case "IPQUEUESZ", "RAFTZ":
		return struct{}{}, nil
	}
	return nil, fmt.Errorf("no such request: %s", name)
}

// AccountDetail describes one account.
func (m *Monitor) AccountDetail(name string) (*AccountInfo, error) {
	doc, err := m.accountz(&params{values: url.Values{"acc": {name}}})
	if err != nil {
		return nil, err
	}
	return doc.(*Accountz).Detail, nil
}

// AccountStats are the traffic of the accounts that are named, or of all, without
// those that nobody is connected to unless unused is set.
func (m *Monitor) AccountStats(names []string, unused bool) *Accstatz {
	doc := m.accountStats(unused)
	if len(names) == 0 {
		return doc
	}
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	some := []AccountStat{}
	for _, a := range doc.Accounts {
		if wanted[a.Account] {
			some = append(some, a)
		}
	}
	doc.Accounts = some
	return doc
}

// OptionError is the error of options that are no JSON object of the right shape.
type OptionError struct{ Err error }

func (e *OptionError) Error() string { return e.Err.Error() }
func (e *OptionError) Unwrap() error { return e.Err }

// optionNames are the options that are called otherwise than the parameter.
var optionNames = map[string]string{
	"subscriptions": "subs", "account": "acc", "account_name": "acc_name", "consumer": "consumers",
	"direct_consumer": "direct-consumers", "leader_only": "leader-only", "stream_leader_only": "stream-leader-only",
}

// optionParams translates options into the parameters that handlers decode.
func optionParams(options []byte) (*params, error) {
	values := url.Values{}
	if len(options) == 0 {
		return &params{values: values, request: true}, nil
	}
	var all map[string]any
	if err := json.Unmarshal(options, &all); err != nil {
		return nil, &OptionError{err}
	}
	for name, v := range all {
		text, ok := optionText(v)
		if !ok {
			continue
		}
		if other := optionNames[name]; other != "" {
			if _, has := all[other]; !has {
				values.Set(other, text)
			}
		}
		if name != "subscriptions" {
			values.Set(name, text)
		}
	}
	if values.Get("subscriptions_detail") == "true" {
		values.Set("subs", "detail")
	}
	if i, ok := all["state"].(float64); ok {
		values.Set("state", connStateName(i))
	}
	return &params{values: values, request: true}, nil
}

// optionText writes the value of an option as a parameter.
func optionText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return "", false
		}
		return strconv.FormatInt(int64(v), 10), true
	}
	return "", false
}

// connStateName is the parameter for a state that requests number.
func connStateName(i float64) string {
	switch i {
	case 1:
		return "closed"
	case 2:
		return "all"
	}
	return "open"
}

// variables is what EXPVARZ shows.
func (m *Monitor) variables() any {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return struct {
		MemStats *runtime.MemStats `json:"memstats"`
		Args     []string          `json:"cmdline"`
	}{&mem, m.cfg.Args}
}

// interested returns those of the connections in an account that subscribe to
// something that a subject may reach.
func interested(clients []Client, account, filter string) []Client {
	var some []Client
	for _, c := range clients {
		for _, s := range c.Describe(true).Subs {
			if s.Account == account && subject.Overlap(s.Subject, filter) {
				some = append(some, c)
				break
			}
		}
	}
	return some
}
