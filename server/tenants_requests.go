package server

import (
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/auth/resolver"
	"github.com/dunlin-mq/dunlin/server/internal/system"
)

// claimsStatus is the answer to a request about account JWTs.
type claimsStatus struct {
	Account string `json:"account,omitempty"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// claimsFailure is the answer to one that has changed nothing.
type claimsFailure struct {
	Account     string `json:"account,omitempty"`
	Code        int    `json:"code"`
	Description string `json:"description"`
}

// serveRequests has the requests about account JWTs answered.
func (t *tenants) serveRequests() error {
	update := func(r *system.Request) { t.answer(r, t.clerk.Update(claimedAccount(r.Subject), r.Payload)) }
	table := map[string]system.Handler{
		"$SYS.REQ.ACCOUNT.*.CLAIMS.UPDATE": update,
		"$SYS.ACCOUNT.*.CLAIMS.UPDATE":     update,
	}
	if t.clerk.Kind != resolver.Fixed {
		table["$SYS.REQ.CLAIMS.UPDATE"] = update
		table["$SYS.REQ.CLAIMS.LIST"] = t.list
		table["$SYS.REQ.CLAIMS.DELETE"] = func(r *system.Request) { t.answer(r, t.clerk.Delete(r.Payload)) }
	}
	if t.clerk.Kind == resolver.Full {
		table["$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP"] = t.lookup
		table["$SYS.REQ.CLAIMS.PACK"] = t.pack
	}
	for subject, handle := range table {
		queue := ""
		if strings.HasSuffix(subject, ".PACK") {
			queue = "responder" // one of all servers
		}
		if _, err := t.s.voice.ServeQueue(t.s.office.account, subject, queue, handle); err != nil {
			return err
		}
	}
	return nil
}

// claimedAccount returns the account that a subject is about, empty for none.
func claimedAccount(subject string) string {
	tokens := strings.Split(subject, ".")
	for i, token := range tokens[:len(tokens)-1] {
		if token == "ACCOUNT" {
			return tokens[i+1]
		}
	}
	return ""
}

// answer sends a status to whoever wants one.
func (t *tenants) answer(r *system.Request, st resolver.Status) {
	if r.Reply == "" {
		return
	}
	var data, failure any
	if st.Failed {
		failure = claimsFailure{st.Account, st.Code(), st.Text}
	} else {
		data = claimsStatus{st.Account, st.Code(), st.Text}
	}
	t.s.voice.Publish(r.Account, r.Reply, "", nil, system.Envelope(t.s.author(), data, failure))
}

func (t *tenants) list(r *system.Request) {
	keys, err := t.clerk.Store.List()
	switch {
	case r.Reply == "":
	case err != nil:
		t.answer(r, resolver.Status{Failed: true, Text: "list accounts failed - " + err.Error()})
	default:
		t.s.voice.Publish(r.Account, r.Reply, "", nil, system.Envelope(t.s.author(), keys, nil))
	}
}

func (t *tenants) lookup(r *system.Request) {
	if r.Reply != "" {
		t.s.voice.Publish(r.Account, r.Reply, "", nil, []byte(t.clerk.Lookup(claimedAccount(r.Subject))))
	}
}

// pack sends what another server lacks, one message an account, and an empty one
// at the end.
func (t *tenants) pack(r *system.Request) {
	if r.Reply == "" {
		return
	}
	lines, err := t.clerk.Pack(r.Payload, time.Now())
	if err != nil {
		t.s.env.Log.Errorf("Pack request failed: %v", err)
		return
	}
	for _, line := range lines {
		t.s.voice.Publish(r.Account, r.Reply, "", nil, []byte(line))
	}
	t.s.voice.Publish(r.Account, r.Reply, "", nil, nil)
}
