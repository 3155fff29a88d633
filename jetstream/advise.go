package jetstream

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/consumer"
)

// Events are published only if somebody listens.

// advisory begins an event.
func (a *Account) advisory(kind string) api.Advisory {
	return api.Advisory{Type: "io.nats.jetstream.advisory.v1." + kind, ID: eventID(), Time: a.engine.now().UTC()}
}

// eventID returns what nobody else calls an event.
func eventID() string { return randomName() + randomName() + randomName()[:6] }

// publishEvent publishes an event that make makes, if anybody listens.
func (a *Account) publishEvent(subject string, sender Sender, make func() any) {
	bus := a.attached()
	if bus == nil || !bus.Interest(subject, "") {
		return
	}
	body, err := json.Marshal(make())
	if err != nil {
		return // events can be written
	}
	if sender != nil {
		sender.Send(&Outgoing{To: []byte(subject), Payload: body})
		return
	}
	sender = a.sender()
	sender.Send(&Outgoing{To: []byte(subject), Payload: body})
	sender.Flush()
	a.release(sender)
}

// audit tells of a request and its answer.
func (r *request) audit(sender Sender, answer []byte) {
	a := r.account
	a.publishEvent(api.AdvisoryPrefix+"API", sender, func() any {
		return &api.APIAudit{
			Advisory: a.advisory("api_audit"), Server: a.engine.cfg.ServerName, Client: r.origin, Subject: r.subject,
			Request: string(r.body), Response: string(answer), Domain: a.engine.cfg.Domain,
		}
	})
}

// adviseStream tells what became of a stream.
func (a *Account) adviseStream(name, action string) {
	verb := map[string]string{"create": "CREATED", "modify": "UPDATED", "delete": "DELETED"}[action]
	a.publishEvent(api.AdvisoryPrefix+"STREAM."+verb+"."+name, nil, func() any {
		return &api.StreamAction{
			Advisory: a.advisory("stream_action"), Stream: name, Action: action, Domain: a.engine.cfg.Domain,
		}
	})
}

// adviseConsumerAction tells what became of a consumer.
func (a *Account) adviseConsumerAction(c *Consumer, action string) {
	verb := map[string]string{"create": "CREATED", "delete": "DELETED"}[action]
	a.publishEvent(api.AdvisoryPrefix+"CONSUMER."+verb+"."+c.stream.name+"."+c.name, nil, func() any {
		return &api.ConsumerActionEvent{
			Advisory: a.advisory("consumer_action"), Stream: c.stream.name, Consumer: c.name, Action: action, Domain: a.engine.cfg.Domain,
		}
	})
}

// advisePause tells of a pause.
func (a *Account) advisePause(c *Consumer, paused bool, until time.Time) {
	a.publishEvent(api.AdvisoryPrefix+"CONSUMER.PAUSE."+c.stream.name+"."+c.name, nil, func() any {
		return &api.ConsumerPauseEvent{
			Advisory: a.advisory("consumer_pause"), Stream: c.stream.name, Consumer: c.name, Paused: paused, PauseUntil: until,
			Domain: a.engine.cfg.Domain,
		}
	})
}

// kinds of consumer events: the token in the subject, and the type.
var consumerEvents = map[consumer.EventKind][2]string{
	consumer.MaxDeliveries: {"MAX_DELIVERIES", "max_deliver"},
	consumer.Naked:         {"MSG_NAKED", "nak"},
	consumer.Terminated:    {"MSG_TERMINATED", "terminated"},
	consumer.Pinned:        {"PINNED", "consumer_group_pinned"},
	consumer.Unpinned:      {"UNPINNED", "consumer_group_unpinned"},
}

// adviseConsumer tells what a consumer says.
func (a *Account) adviseConsumer(c *Consumer, e *consumer.Event, sender Sender) {
	where := "." + c.stream.name + "." + c.name
	if e.Kind == consumer.Acked {
		a.publishEvent(api.MetricPrefix+"CONSUMER.ACK"+where, sender, func() any {
			adv := a.advisory("")
			adv.Type = "io.nats.jetstream.metric.v1.consumer_ack"
			return c.messageEvent(adv, e)
		})
		return
	}
	kind := consumerEvents[e.Kind]
	a.publishEvent(api.AdvisoryPrefix+"CONSUMER."+kind[0]+where, sender, func() any {
		adv := a.advisory(kind[1])
		if e.Kind == consumer.Pinned || e.Kind == consumer.Unpinned {
			return &api.PinEvent{
				Advisory: adv, Stream: c.stream.name, Consumer: c.name, Group: e.Group, PinnedID: e.PinID, Reason: e.Reason,
				Domain: a.engine.cfg.Domain,
			}
		}
		return c.messageEvent(adv, e)
	})
}

func (c *Consumer) messageEvent(adv api.Advisory, e *consumer.Event) *api.MessageEvent {
	m := &api.MessageEvent{
		Advisory: adv, Stream: c.stream.name, Consumer: c.name, ConsumerSeq: e.ConsumerSeq, StreamSeq: e.StreamSeq,
		AckTime: e.Delay, Deliveries: e.Deliveries, Reason: e.Reason, Domain: c.stream.account.engine.cfg.Domain,
	}
	if e.Kind == consumer.MaxDeliveries {
		m.ConsumerSeq = 0
	}
	return m
}

// adviseSnapshot tells that a copy of a stream is about to be sent, or was; what is
// "create" or "complete".
func (a *Account) adviseSnapshot(what string, s *Stream, began time.Time, client []byte, err error) {
	a.publishEvent(api.AdvisoryPrefix+"STREAM.SNAPSHOT_"+strings.ToUpper(what)+"."+s.name, nil, func() any {
		e := &api.SnapshotEvent{
			Advisory: a.advisory("snapshot_" + what), Stream: s.name, Client: client, Domain: a.engine.cfg.Domain,
		}
		if what == "create" {
			e.State = &s.Info().State
			return e
		}
		end := a.engine.now().UTC()
		start := began.UTC()
		e.Start, e.End = &start, &end
		if err != nil {
			e.Error = err.Error()
		}
		return e
	})
}

// adviseRestore tells that a stream is about to be restored, or was.
func (a *Account) adviseRestore(what, name string, began time.Time, size int64, client []byte) {
	a.publishEvent(api.AdvisoryPrefix+"STREAM.RESTORE_"+strings.ToUpper(what)+"."+name, nil, func() any {
		e := &api.SnapshotEvent{
			Advisory: a.advisory("restore_" + what), Stream: name, Client: client, Domain: a.engine.cfg.Domain,
		}
		if what == "complete" {
			end := a.engine.now().UTC()
			start := began.UTC()
			e.Start, e.End, e.Bytes = &start, &end, size
		}
		return e
	})
}

// adviseBatch tells of an atomic batch that is given up.
func (a *Account) adviseBatch(s *Stream, id, reason string) {
	a.publishEvent(api.AdvisoryPrefix+"STREAM.BATCH_ABANDONED."+s.name, nil, func() any {
		return &api.BatchEvent{
			Advisory: a.advisory("stream_batch_abandoned"), Stream: s.name, Batch: id, Reason: reason, Domain: a.engine.cfg.Domain,
		}
	})
}
