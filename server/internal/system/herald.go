package system

import (
	"encoding/json"
	"time"

	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
)

// Herald publishes what happens, in the system account. Nothing is written when
// nobody listens.
type Herald struct {
	voice   *Voice
	account *account.Account
	author  func() document.Author
	id      string // of the server
}

// NewHerald returns a herald in account a of the server with that id. author signs
// each event.
func NewHerald(v *Voice, a *account.Account, author func() document.Author, id string) *Herald {
	return &Herald{v, a, author, id}
}

// head is what events with a type begin with.
type head struct {
	Type   string          `json:"type"`
	ID     string          `json:"id"`
	Time   time.Time       `json:"timestamp"`
	Server document.Author `json:"server"`
}

func (h *Herald) head(kind string) head {
	return head{"io.nats.server.advisory.v1." + kind, document.NewID(), time.Now().UTC(), h.author()}
}

// Types of events.
const (
	connectType     = "client_connect"
	disconnectType  = "client_disconnect"
	connectionsType = "account_connections"
)

// Volume counts messages and their bytes.
type Volume struct {
	Msgs  uint64 `json:"msgs"`
	Bytes uint64 `json:"bytes"`
}

// Departure is how a connection ended.
type Departure struct {
	Client         document.Client
	Sent, Received Volume // from the client, to the client
	Reason         string
}

// Connected tells that a client has logged in. describe is asked only if somebody
// wants to know.
func (h *Herald) Connected(acc string, describe func() document.Client) {
	subject := "$SYS.ACCOUNT." + acc + ".CONNECT"
	if !h.wanted(subject) {
		return
	}
	h.publish(h.account, subject, struct {
		head
		Client document.Client `json:"client"`
	}{h.head(connectType), describe()})
}

// Disconnected tells that a client has gone.
func (h *Herald) Disconnected(acc string, describe func() Departure) {
	h.departed(h.account, "$SYS.ACCOUNT."+acc+".DISCONNECT", describe)
}

// Refused tells that a client was not let in.
func (h *Herald) Refused(describe func() Departure) {
	h.departed(h.account, "$SYS.SERVER."+h.id+".CLIENT.AUTH.ERR", describe)
}

// RefusedIn tells it inside the account that was concerned.
func (h *Herald) RefusedIn(a *account.Account, describe func() Departure) {
	h.departed(a, "$SYS.ACCOUNT.CLIENT.AUTH.ERR", describe)
}

func (h *Herald) departed(a *account.Account, subject string, describe func() Departure) {
	if !a.Interest.HasInterest([]byte(subject)) {
		return
	}
	d := describe()
	h.publish(a, subject, struct {
		head
		Client   document.Client `json:"client"`
		Sent     Volume          `json:"sent"`
		Received Volume          `json:"received"`
		Reason   string          `json:"reason"`
	}{h.head(disconnectType), d.Client, d.Sent, d.Received, d.Reason})
}

// Connections tells how many clients an account has: stat is the document of
// account statistics about it.
func (h *Herald) Connections(acc string, stat func() any) {
	for _, subject := range []string{"$SYS.SERVER.ACCOUNT." + acc + ".CONNS", "$SYS.ACCOUNT." + acc + ".SERVER.CONNS"} {
		if h.wanted(subject) {
			h.voice.Publish(h.account, subject, "", nil, h.ConnectionsDocument(stat()))
		}
	}
}

// ConnectionsDocument is the event of [Herald.Connections] as an answer.
func (h *Herald) ConnectionsDocument(stat any) []byte {
	first, err := json.Marshal(h.head(connectionsType))
	if err != nil {
		return nil // strings and times always marshal
	}
	second, err := json.Marshal(stat)
	if err != nil || len(second) < 2 {
		return first
	}
	return append(append(first[:len(first)-1], ','), second[1:]...)
}

// Statistics publishes the figures of the server.
func (h *Herald) Statistics(figures func() any) {
	subject := "$SYS.SERVER." + h.id + ".STATSZ"
	if h.wanted(subject) {
		h.publish(h.account, subject, StatisticsDocument(h.author(), figures()))
	}
}

// StatisticsDocument is the event of [Herald.Statistics] as an answer.
func StatisticsDocument(by document.Author, figures any) any {
	return struct {
		Server  document.Author `json:"server"`
		Figures any             `json:"statsz"`
	}{by, figures}
}

// LameDuck tells that the server is about to send its clients away, Shutdown that
// it ends.
func (h *Herald) LameDuck() { h.announce("LAMEDUCK") }

// Shutdown tells that the server ends.
func (h *Herald) Shutdown() { h.announce("SHUTDOWN") }

func (h *Herald) announce(what string) {
	if subject := "$SYS.SERVER." + h.id + "." + what; h.wanted(subject) {
		h.publish(h.account, subject, h.author())
	}
}

// wanted reports whether anybody in the system account gets such a message.
func (h *Herald) wanted(subject string) bool { return h.account.Interest.HasInterest([]byte(subject)) }

func (h *Herald) publish(a *account.Account, subject string, doc any) {
	body, err := json.Marshal(doc)
	if err != nil {
		h.voice.errorf("cannot write the event for %s: %v", subject, err)
		return
	}
	h.voice.Publish(a, subject, "", nil, body)
}
