package header_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol/header"
)

var blocks = []struct {
	block string
	want  *header.SyntaxError
}{
	{"NATS/1.0\r\n\r\n", nil},
	{"NATS/1.0 \r\n\r\n", nil},
	{"NATS/1.0\r\nA: b\r\n\r\n", nil},
	{"NATS/1.0\r\nA:\r\nA: \xff\r\n\r\n", nil},
	{"NATS/1.0 503\r\n\r\n", nil},
	{"NATS/1.0 100 Idle Heartbeat\r\nA: b\r\n\r\n", nil},
	{"", &header.SyntaxError{Reason: header.ErrVersion}},
	{"hello", &header.SyntaxError{Reason: header.ErrVersion}},
	{"NATS/1.1\r\n\r\n", &header.SyntaxError{Reason: header.ErrVersion}},
	{"NATS/1.0 OK\r\n\r\n", &header.SyntaxError{Reason: header.ErrStatus}},
	{"NATS/1.0", &header.SyntaxError{Reason: header.ErrTruncated}},
	{"NATS/1.0\r\n", &header.SyntaxError{Reason: header.ErrTruncated, Offset: 10}},
	{"NATS/1.0\r\nA: b", &header.SyntaxError{Reason: header.ErrTruncated, Offset: 10}},
	{"NATS/1.0\n\r\n", &header.SyntaxError{Reason: header.ErrLineEnd}},
	{"NATS/1.0\r\nA: b\n\r\n", &header.SyntaxError{Reason: header.ErrLineEnd, Offset: 10}},
	{"NATS/1.0\r\n\n", &header.SyntaxError{Reason: header.ErrLineEnd, Offset: 10}},
	{"NATS/1.0\r\nA: b\r\n\r\nx", &header.SyntaxError{Reason: header.ErrTrailing, Offset: 18}},
	{"NATS/1.0\r\nA\r\n\r\n", &header.SyntaxError{Reason: header.ErrName, Offset: 10}},
	{"NATS/1.0\r\n: b\r\n\r\n", &header.SyntaxError{Reason: header.ErrName, Offset: 10}},
	{"NATS/1.0\r\n A: b\r\n\r\n", &header.SyntaxError{Reason: header.ErrName, Offset: 10}},
	{"NATS/1.0\r\nA: b\r\nÄ: b\r\n\r\n", &header.SyntaxError{Reason: header.ErrName, Offset: 16}},
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, row := range blocks {
		err := header.Validate([]byte(row.block))
		if row.want == nil {
			if err != nil {
				t.Errorf("%q: %v", row.block, err)
			}
			continue
		}
		var got *header.SyntaxError
		if !errors.As(err, &got) {
			t.Errorf("%q: %v is no SyntaxError", row.block, err)
			continue
		}
		if diff := cmp.Diff(row.want.Error(), got.Error()); diff != "" || !errors.Is(err, row.want.Reason) {
			t.Errorf("%q (-want +got):\n%s", row.block, diff)
		}
	}
}

func TestSyntaxErrorText(t *testing.T) {
	t.Parallel()
	err := header.Validate([]byte("NATS/1.0\r\nA: b\r\n"))
	if diff := cmp.Diff("header block: closing empty line is missing at byte 16", err.Error()); diff != "" {
		t.Error(diff)
	}
}
