package jetstream

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/store"
	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// Direct gets: messages as they are, instead of in JSON.

const (
	maxMultiLast    = 1024     // subjects that may be asked for at a time
	maxDirectBytes  = 64 << 20 // that are sent if nothing else is said
	maxMultiScanned = 1 << 20
)

// direct answers a direct get.
func (r *request) direct() {
	a := r.account
	s := a.Stream(r.Stream)
	if s == nil {
		return
	}
	sender := a.sender()
	defer a.release(sender)
	defer sender.Flush()
	d := &directGet{stream: s, view: view{s}, to: r.reply, sender: sender}
	if tooNew(r.header) {
		d.status(api.StatusRequiredLevel)
		return
	}
	var req api.MsgGetRequest
	if r.Filter == "" && api.IsEmpty(r.body) {
		d.status(api.StatusEmpty)
		return
	}
	if len(r.body) > 0 && json.Unmarshal(r.body, &req) != nil {
		d.status(api.StatusMalformed)
		return
	}
	if r.Filter != "" {
		only := api.MsgGetRequest{NoHeaders: req.NoHeaders}
		if !sameRequest(&req, &only) {
			d.status(api.StatusBadRequest)
			return
		}
		req.LastFor = r.Filter
	}
	d.req = &req
	d.answer()
}

// sameRequest compares two requests.
func sameRequest(a, b *api.MsgGetRequest) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// directGet is a direct get that is being answered.
type directGet struct {
	stream *Stream
	view   view
	req    *api.MsgGetRequest
	to     []byte
	sender Sender

	buf   store.Buffer
	block []byte
	last  uint64 // sequence of the message that was sent last
	bytes int
}

// status answers with a status line alone.
func (d *directGet) status(line string) {
	d.sender.Send(&Outgoing{To: d.to, Header: append([]byte(line), "\r\n"...)})
}

// answer answers the request.
func (d *directGet) answer() {
	q := d.req
	last, multi := q.LastFor != "", len(q.MultiLast) > 0
	switch {
	case q.Seq > 0 && (last || q.StartTime != nil), q.StartTime != nil && last, last && (q.NextFor != "" || q.Batch > 0 || multi),
		q.NextFor != "" && multi, q.UpToSeq > 0 && q.UpToTime != nil:
		d.status(api.StatusBadRequest)
	case multi:
		d.multi()
	case q.Seq == 0 && q.StartTime == nil && !last && q.NextFor == "":
		d.status(api.StatusEmpty)
	case q.Batch > 0:
		d.batch()
	default:
		d.one()
	}
}

// one sends one message.
func (d *directGet) one() {
	msg, err := d.stream.find(d.req, &d.buf)
	if err != nil {
		d.status(api.StatusNotFound)
		return
	}
	if d.req.NoHeaders {
		d.sender.Send(&Outgoing{To: d.to, Payload: msg.Payload})
		return
	}
	d.send(&msg, nil)
}

// send sends a message with where it is stored. more adds header lines.
func (d *directGet) send(msg *store.Message, more func([]byte) []byte) {
	d.block = api.AppendStored(d.block[:0], msg.Header, d.stream.name, msg.Subject, msg.Seq, msg.Time)
	if more != nil {
		d.block = more(d.block)
	}
	d.block = append(d.block, "\r\n"...)
	d.sender.Send(&Outgoing{To: d.to, Header: d.block, Payload: msg.Payload})
	d.last = msg.Seq
	d.bytes += len(msg.Subject) + len(msg.Header) + len(msg.Payload)
}

// full reports whether enough bytes were sent.
func (d *directGet) full() bool {
	limit := d.req.MaxBytes
	if limit <= 0 {
		limit = maxDirectBytes
	}
	return d.bytes >= limit
}

// batch sends several messages in a row.
func (d *directGet) batch() {
	var f *store.Filter
	if d.req.NextFor != "" {
		f = store.NewFilter(d.req.NextFor)
	}
	from := d.req.Seq
	if d.req.StartTime != nil {
		from = d.view.SeqAt(d.req.StartTime.UnixNano())
	}
	end := d.view.State().LastSeq
	left := d.view.Count(f, from, end)
	for n := 0; n < d.req.Batch && !d.full(); n++ {
		msg, err := d.view.Next(f, from, &d.buf)
		if err != nil {
			if n == 0 {
				d.status(api.StatusNotFound)
				return
			}
			left = 0
			break
		}
		from = msg.Seq + 1
		left = max(left, 1) - 1
		previous := d.last
		d.send(&msg, func(b []byte) []byte { return appendBatch(b, left, previous) })
	}
	d.end(left, 0)
}

// appendBatch appends what messages of several have beside the rest.
func appendBatch(b []byte, left, previous uint64) []byte {
	b = api.AppendLine(b, api.HeaderNumPending, strconv.FormatUint(left, 10))
	return api.AppendLine(b, api.HeaderLastSequence, strconv.FormatUint(previous, 10))
}

// end says that this was all. upTo is the sequence of the view that several subjects
// were looked at in; 0 for none.
func (d *directGet) end(left, upTo uint64) {
	b := appendBatch([]byte(api.StatusEOB), left, d.last)
	if upTo > 0 {
		b = api.AppendLine(b, api.HeaderUpToSequence, strconv.FormatUint(upTo, 10))
	}
	d.sender.Send(&Outgoing{To: d.to, Header: append(b, "\r\n"...)})
}

// multi sends the last messages of several subjects.
func (d *directGet) multi() {
	upTo := d.view.State().LastSeq
	if d.req.UpToSeq > 0 {
		upTo = min(upTo, d.req.UpToSeq)
	}
	if d.req.UpToTime != nil {
		at := d.view.SeqAt(d.req.UpToTime.UnixNano())
		upTo = min(upTo, max(at, 1)-1)
	}
	for _, p := range d.req.MultiLast {
		if !subject.Valid(p) {
			d.status(api.StatusBadRequest)
			return
		}
	}
	seqs, ok := d.lastSeqs(upTo)
	if !ok {
		d.status(api.StatusTooMany)
		return
	}
	if len(seqs) == 0 {
		d.status(api.StatusNoResults)
		return
	}
	left := uint64(len(seqs))
	for n, seq := range seqs {
		if d.req.Batch > 0 && n >= d.req.Batch || d.full() {
			break
		}
		left--
		msg, err := d.view.Load(seq, &d.buf)
		if err != nil {
			continue
		}
		previous := d.last
		d.send(&msg, func(b []byte) []byte { return appendBatch(b, left, previous) })
	}
	d.end(left, upTo)
}

// lastSeqs returns the sequences of the last messages, in order. ok is false if they are
// too many.
func (d *directGet) lastSeqs(upTo uint64) (seqs []uint64, ok bool) {
	f := store.NewFilter(d.req.MultiLast...)
	var later []string // have newer messages than are asked for
	ok = true
	d.view.Subjects(f, func(subj []byte, s store.SubjectState) bool {
		switch {
		case s.LastSeq > upTo:
			later = append(later, string(subj))
		case s.LastSeq >= d.req.Seq:
			seqs = append(seqs, s.LastSeq)
		}
		ok = len(seqs)+len(later) <= maxMultiScanned
		return ok
	})
	for _, subj := range later {
		if msg, err := d.view.Last(store.NewFilter(subj), upTo, &d.buf); err == nil && msg.Seq >= d.req.Seq {
			seqs = append(seqs, msg.Seq)
		}
	}
	slices.Sort(seqs)
	return seqs, ok && len(seqs) <= maxMultiLast
}
