package api

import (
	"strconv"
	"time"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

// Status lines of messages that are no data: what a client learns beside messages.
const (
	StatusEOB            = "NATS/1.0 204 EOB\r\n"
	StatusNoMessages     = "NATS/1.0 404 No Messages\r\n"
	StatusNotFound       = "NATS/1.0 404 Message Not Found\r\n"
	StatusNoResults      = "NATS/1.0 404 No Results\r\n"
	StatusTimeout        = "NATS/1.0 408 Request Timeout\r\n"
	StatusPending        = "NATS/1.0 408 Requests Pending\r\n"
	StatusEmpty          = "NATS/1.0 408 Empty Request\r\n"
	StatusMalformed      = "NATS/1.0 408 Malformed Request\r\n"
	StatusBadRequest     = "NATS/1.0 408 Bad Request\r\n"
	StatusPushBased      = "NATS/1.0 409 Consumer is push based\r\n"
	StatusMaxWaiting     = "NATS/1.0 409 Exceeded MaxWaiting\r\n"
	StatusMaxBytes       = "NATS/1.0 409 Message Size Exceeds MaxBytes\r\n"
	StatusBatchCompleted = "NATS/1.0 409 Batch Completed\r\n"
	StatusDeleted        = "NATS/1.0 409 Consumer Deleted\r\n"
	StatusShutdown       = "NATS/1.0 409 Server Shutdown\r\n"
	StatusRequiredLevel  = "NATS/1.0 412 Required Api Level\r\n"
	StatusTooMany        = "NATS/1.0 413 Too Many Results\r\n"
	StatusWrongPin       = "NATS/1.0 423 Nats-Wrong-Pin-Id\r\n"
	StatusPinMismatch    = "NATS/1.0 423 Nats-Pin-Id mismatch\r\n"
	StatusTooManyRequest = "NATS/1.0 429 Too Many Requests\r\n"
	StatusHeartbeat      = "NATS/1.0 100 Idle Heartbeat\r\n"
	StatusFlowControl    = "NATS/1.0 100 FlowControl Request\r\n"
	StatusDone           = "NATS/1.0 204\r\n"
)

// BadRequest is the status line for a pull request with a mistake in it.
func BadRequest(reason string) string { return "NATS/1.0 400 Bad Request - " + reason + "\r\n" }

// ExceededBatch is the status line for a pull request for too many messages, and so on.
func ExceededBatch(limit int) string {
	return "NATS/1.0 409 Exceeded MaxRequestBatch of " + strconv.Itoa(limit) + "\r\n"
}

// ExceededExpires is the status line for a pull request that would wait too long.
func ExceededExpires(limit time.Duration) string {
	return "NATS/1.0 409 Exceeded MaxRequestExpires of " + limit.String() + "\r\n"
}

// ExceededMaxBytes is the status line for a pull request for too many bytes.
func ExceededMaxBytes(limit int) string {
	return "NATS/1.0 409 Exceeded MaxRequestMaxBytes of " + strconv.Itoa(limit) + "\r\n"
}

// AppendPending appends what an unfinished pull request still wanted to a status
// line, and ends the block.
func AppendPending(b []byte, status string, messages, bytes int) []byte {
	b = append(b, status...)
	b = append(b, "Nats-Pending-Messages: "...)
	b = strconv.AppendInt(b, int64(messages), 10)
	b = append(b, "\r\nNats-Pending-Bytes: "...)
	b = strconv.AppendInt(b, int64(bytes), 10)
	return append(b, "\r\n\r\n"...)
}

// AppendHeartbeat appends the block of a heartbeat: the last sequences that were
// delivered, and the subject on which flow control waits for an answer, if it does.
func AppendHeartbeat(b []byte, consumer, stream uint64, stalled string) []byte {
	b = append(b, StatusHeartbeat...)
	b = append(b, "Nats-Last-Consumer: "...)
	b = strconv.AppendUint(b, consumer, 10)
	b = append(b, "\r\nNats-Last-Stream: "...)
	b = strconv.AppendUint(b, stream, 10)
	if stalled != "" {
		b = append(append(b, "\r\nNats-Consumer-Stalled: "...), stalled...)
	}
	return append(b, "\r\n\r\n"...)
}

// AppendLine appends a header line.
func AppendLine(b []byte, name, value string) []byte {
	return append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
}

// AppendStored appends to a block, which may be empty, where a message is stored, as
// direct gets have it. The block is left open: a caller ends it with an empty line.
func AppendStored(b, block []byte, stream string, subject []byte, seq uint64, stored int64) []byte {
	b = AppendOpen(b, block)
	b = AppendLine(b, HeaderStream, stream)
	b = append(append(append(b, HeaderSubject...), ": "...), subject...)
	b = append(append(append(b, "\r\n"...), HeaderSequence...), ": "...)
	b = strconv.AppendUint(b, seq, 10)
	b = append(append(append(b, "\r\n"...), HeaderTimeStamp...), ": "...)
	b = time.Unix(0, stored).UTC().AppendFormat(b, time.RFC3339Nano)
	return append(b, "\r\n"...)
}

// AppendOpen appends a block without the empty line that ends it, so that more lines
// may follow; an empty block becomes one.
func AppendOpen(b, block []byte) []byte {
	if len(block) == 0 {
		return append(b, "NATS/1.0\r\n"...)
	}
	end := len(block)
	if end >= 4 && string(block[end-4:]) == "\r\n\r\n" {
		return append(b, block[:end-2]...)
	}
	for name, value := range header.All(block) {
		if len(b) == 0 {
			b = append(b, "NATS/1.0\r\n"...)
		}
		b = append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
	}
	return b
}
