package system

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/header"
	"github.com/dunlin-mq/dunlin/server/internal/account"
	"github.com/dunlin-mq/dunlin/server/internal/document"
)

// Desk answers requests with documents. It belongs to one account, the system
// account.
type Desk struct {
	voice   *Voice
	account *account.Account
	author  func() document.Author
}

// NewDesk returns a desk in account a. author signs each answer.
func NewDesk(v *Voice, a *account.Account, author func() document.Author) *Desk {
	return &Desk{v, a, author}
}

// Answerer makes what stands under "data" in the answer to a request; nil for
// nothing. An error stands under "error" instead.
type Answerer func(*Request) (any, error)

// Errors that an [Answerer] returns for something else than a document.
var (
	// ErrSilent: no answer is sent.
	ErrSilent = errors.New("no answer")
)

// Bare is a document that is sent without the envelope, and never compressed.
type Bare struct{ Document any }

// Failure is an error with a code of its own; other errors have 500.
type Failure struct {
	Code        int    `json:"code"`
	Description string `json:"description"`
}

func (f *Failure) Error() string { return f.Description }

// Answer has requests on a subject answered. Requests that name other servers are
// passed over, those without a reply subject too.
func (d *Desk) Answer(subject string, make Answerer) error {
	_, err := d.voice.Serve(d.account, subject, func(r *Request) { d.answer(r, make) })
	return err
}

func (d *Desk) answer(r *Request, make Answerer) {
	if r.Reply == "" {
		return
	}
	author := d.author()
	var doc any
	f, err := parseFilter(r.Payload)
	switch {
	case err == nil && !f.matches(&author):
		return
	case err == nil:
		doc, err = make(r)
	}
	if errors.Is(err, ErrSilent) {
		return
	}
	if err != nil {
		d.send(r, nil, envelope(author, doc, err))
		return
	}
	if bare, ok := doc.(Bare); ok {
		body, err := json.Marshal(bare.Document)
		if err != nil {
			body = envelope(author, nil, err)
		}
		d.send(r, nil, body)
		return
	}
	body := envelope(author, doc, nil)
	accept, _ := header.Get(r.Header, header.AcceptEncoding)
	block, body, err := document.Compress(string(accept), body)
	if err != nil {
		d.send(r, nil, envelope(author, nil, err))
		return
	}
	d.send(r, block, body)
}

// send sends the answer to where the request came in.
func (d *Desk) send(r *Request, block, body []byte) {
	d.voice.Publish(r.Account, r.Reply, "", block, body)
}

// envelope puts a document or an error under the server's name.
func envelope(by document.Author, doc any, err error) []byte {
	if err == nil {
		return Envelope(by, doc, nil)
	}
	var f *Failure
	if !errors.As(err, &f) {
		f = &Failure{500, err.Error()}
	}
	return Envelope(by, doc, f)
}

// Envelope puts data, or what went wrong, under the server's name. Either may be
// nil.
func Envelope(by document.Author, data, failure any) []byte {
	e := struct {
		Server document.Author `json:"server"`
		Data   any             `json:"data,omitempty"`
		Error  any             `json:"error,omitempty"`
	}{by, data, failure}
	b, err := json.Marshal(&e)
	if err != nil { // something in the document cannot be written
		e.Data, e.Error = nil, &Failure{500, err.Error()}
		b, _ = json.Marshal(&e) // strings and numbers always marshal
	}
	return b
}

// filter says which servers are to answer. It stands in the body of a request
// beside the options, of which it knows nothing.
type filter struct {
	Name    string   `json:"server_name"`
	Cluster string   `json:"cluster"`
	Host    string   `json:"host"`
	Exact   bool     `json:"exact_match"`
	Tags    []string `json:"tags"`
	Domain  string   `json:"domain"`
}

// parseFilter reads the filter in a body that may be empty.
func parseFilter(body []byte) (f filter, err error) {
	if len(body) == 0 {
		return f, nil
	}
	if err := json.Unmarshal(body, &f); err != nil {
		return f, &Failure{400, err.Error()}
	}
	return f, nil
}

func (f *filter) matches(by *document.Author) bool {
	same := strings.Contains
	if f.Exact {
		same = func(have, want string) bool { return have == want }
	}
	for want, have := range map[*string]string{&f.Name: by.Name, &f.Cluster: by.Cluster, &f.Host: by.Host} {
		if *want != "" && !same(have, *want) {
			return false
		}
	}
	for _, tag := range f.Tags {
		if !slices.Contains(by.Tags, strings.ToLower(tag)) {
			return false
		}
	}
	return f.Domain == "" || f.Domain == by.Domain
}
