package stream

import (
	"strconv"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Republish returns the message that is published once more for one that was stored:
// its subject, header block and payload, valid until the next call. ok is false if there
// is none.
func (m *Machine) Republish(a *Admission) (to, block, payload []byte, ok bool) {
	r := m.cfg.Republish
	if r == nil || m.republish == nil {
		return nil, nil, nil, false
	}
	msg := &a.Message
	to, ok = m.republish.Apply(m.to[:0], msg.Subject)
	if m.to = to; !ok || !subject.ValidLiteral(to) {
		return nil, nil, nil, false
	}
	b := api.AppendStored(m.block[:0], msg.Header, m.cfg.Name, msg.Subject, msg.Seq, msg.Time)
	b = api.AppendLine(b, api.HeaderLastSequence, strconv.FormatUint(a.Previous, 10))
	payload = msg.Payload
	if r.HeadersOnly {
		b = api.AppendLine(b, api.HeaderMsgSize, strconv.Itoa(len(msg.Payload)))
		payload = nil
	}
	m.block = append(b, "\r\n"...)
	return to, m.block, payload, true
}
