package trace

import (
	"encoding/json"
	"github.com/dunlin-mq/dunlin/server/internal/document"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

// Trace collects what becomes of one message. It belongs to the goroutine that
// routes the message.
type Trace struct {
	request Request
	header  map[string][]string
	size    int
	ingress *ingressEvent
	events  []any
}

// Begin starts the trace of a message that has the given header block and is
// size bytes long, block and payload together. The block is not needed
// afterwards.
func Begin(r Request, block []byte, size int, in Ingress) *Trace {
	first := &ingressEvent{event{"in", now()}, in}
	return &Trace{
		request: r, header: fields(block), size: size,
		ingress: first, events: []any{first},
	}
}

// Only reports whether nobody is to get the message.
func (t *Trace) Only() bool { return t.request.Only }

// Dest is the subject to which the report goes.
func (t *Trace) Dest() string { return t.request.Dest }

// Refused records why the server did not route the message at all.
func (t *Trace) Refused(reason string) { t.ingress.Error = reason }

// Mapped records that a mapping changed the subject, to nothing if the message
// was lost.
func (t *Trace) Mapped(to string) {
	t.events = append(t.events, mappingEvent{event{"sm", now()}, to})
}

// Exported records that the message goes on into an account that imports the
// stream, under that account's subject.
func (t *Trace) Exported(account, to string) {
	t.events = append(t.events, exportEvent{event{"se", now()}, account, to})
}

// Imported records that the message, a request, goes on to a service of another
// account.
func (t *Trace) Imported(account, from, to string) {
	t.events = append(t.events, importEvent{event{"si", now()}, account, from, to})
}

// Tried records a delivery.
func (t *Trace) Tried(e Egress) {
	t.events = append(t.events, egressEvent{event{"eg", now()}, e})
}

// Report is the message that tells what was collected. Without a
// wish for compression it has no header block.
func (t *Trace) Report(by document.Author) (block, payload []byte, err error) {
	type request struct {
		Header map[string][]string `json:"header,omitempty"`
		Size   int                 `json:"msgsize,omitempty"`
	}
	payload, err = json.Marshal(struct {
		Server  document.Author `json:"server"`
		Request request         `json:"request"`
		Events  []any           `json:"events"`
	}{by, request{t.header, t.size}, t.events})
	if err != nil {
		return nil, nil, err
	}
	return document.Compress(t.request.Accept, payload)
}

// fields returns the headers of a block by name. Those without a value are
// left out.
func fields(block []byte) map[string][]string {
	all := make(map[string][]string)
	for name, value := range header.All(block) {
		if v := trim(value); len(name) > 0 && v != "" {
			all[string(name)] = append(all[string(name)], v)
		}
	}
	return all
}

func now() time.Time { return time.Now().UTC() }
