package stream

import (
	"encoding/json"
	"math/big"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
)

// A counter is a subject of a stream with allow_msg_counter: every message adds to the
// total that the one before has in its payload.

// counted is the payload of a counter.
type counted struct {
	Value string `json:"val"`
}

// maxDigits bounds the numbers that are added, in bytes.
const maxDigits = 4096

// add makes the payload of a message to a counter the new total.
func (m *Machine) add(msg *store.Message, h *api.PublishHeaders, a *Admission) *api.Error {
	switch {
	case len(h.Incr) == 0:
		return api.Known(10169)
	case len(msg.Payload) > 0:
		return api.Known(10170)
	case len(h.Rollup) > 0, len(h.ExpectedStream) > 0, len(h.ExpectedLastSeq) > 0, len(h.ExpectedLastSubjectSeq) > 0,
		len(h.ExpectedLastMsgID) > 0:
		return api.Known(10171)
	}
	incr, ok := number(string(h.Incr))
	if !ok {
		return api.Known(10171)
	}
	total := new(big.Int)
	if s, ok := m.store.Subject(msg.Subject); ok {
		last, err := m.store.Load(s.LastSeq, &m.buf)
		if err != nil {
			return api.Known(10172)
		}
		var c counted
		if json.Unmarshal(last.Payload, &c) != nil {
			return api.Known(10172)
		}
		if total, ok = number(c.Value); !ok {
			return api.Known(10172)
		}
	}
	a.Value = total.Add(total, incr).String()
	m.payload, _ = json.Marshal(counted{a.Value}) // strings always marshal
	msg.Payload = m.payload
	return nil
}

// number reads a whole number, with a sign or without.
func number(text string) (*big.Int, bool) {
	if text == "" || len(text) > maxDigits {
		return nil, false
	}
	for i, c := range text {
		if (c < '0' || c > '9') && (i > 0 || c != '+' && c != '-') {
			return nil, false
		}
	}
	return new(big.Int).SetString(text, 10)
}
