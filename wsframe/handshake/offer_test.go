package handshake

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

func TestNewKeyIsNew(t *testing.T) {
	t.Parallel()
	a, b := NewKey(), NewKey()
	if raw, err := base64.StdEncoding.DecodeString(a); err != nil || len(raw) != 16 || a == b {
		t.Errorf("keys %q and %q", a, b)
	}
}

func TestAppendRequest(t *testing.T) {
	t.Parallel()
	const start = "GET /a?b HTTP/1.1\r\nHost: h:1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n"
	tests := []struct {
		name  string
		offer Offer
		want  string
	}{
		{"plain", Offer{Target: "/a?b", Host: "h:1", Key: "k"}, start + "\r\n"},
		{
			"everything",
			Offer{
				Target: "/a?b", Host: "h:1", Key: "k", Protocols: []string{"x", "y"},
				Deflate: true, Params: deflate.NoTakeover, Headers: []byte("Nats-No-Masking: true\r\n"),
			},
			start + "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n" +
				"Sec-WebSocket-Protocol: x, y\r\nNats-No-Masking: true\r\n\r\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := string(AppendRequest(nil, &tt.offer))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, n, err := ParseRequest([]byte(got)); n != len(got) || err != nil {
				t.Errorf("does not parse: %d, %v", n, err)
			}
		})
	}
}

func TestOfferCheck(t *testing.T) {
	t.Parallel()
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	plain := Offer{Key: key}
	full := Offer{Key: key, Protocols: []string{"x", "y"}, Deflate: true, Params: deflate.NoTakeover}
	const both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	answer := func(fields ...Field) Reply {
		r := Reply{Status: 101, Fields: []Field{
			{"upgrade", "WebSocket"}, {"connection", "upgrade"}, {"sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
		}}
		for _, f := range fields {
			replaced := false
			for i := range r.Fields {
				if r.Fields[i].is(f.Name) {
					r.Fields[i].Value, replaced = f.Value, true
				}
			}
			if !replaced {
				r.Fields = append(r.Fields, f)
			}
		}
		return r
	}
	refused := answer()
	refused.Status = 200
	twice := answer(Field{"Sec-WebSocket-Protocol", "x"})
	twice.Fields = append(twice.Fields, Field{"Sec-WebSocket-Protocol", "y"})
	tests := []struct {
		name  string
		offer Offer
		reply Reply
		want  Agreement
		err   error
	}{
		{"plain", plain, answer(), Agreement{}, nil},
		{"nothing accepted", full, answer(), Agreement{}, nil},
		{"Connection with more", plain, answer(Field{"Connection", "keep-alive, Upgrade"}), Agreement{}, nil},
		{"everything", full, answer(Field{"Sec-WebSocket-Protocol", "y"}, Field{"Sec-WebSocket-Extensions", both}),
			Agreement{Protocol: "y", Deflate: true, Params: deflate.NoTakeover}, nil},

		{"status", plain, refused, Agreement{}, ErrStatus},
		{"no Upgrade", plain, answer(Field{"Upgrade", ""}), Agreement{}, ErrReplyUpgrade},
		{"other Upgrade", plain, answer(Field{"Upgrade", "h2c"}), Agreement{}, ErrReplyUpgrade},
		{"no Connection", plain, answer(Field{"Connection", ""}), Agreement{}, ErrReplyConnection},
		{"other Connection", plain, answer(Field{"Connection", "close"}), Agreement{}, ErrReplyConnection},
		{"no accept", plain, answer(Field{"Sec-WebSocket-Accept", ""}), Agreement{}, ErrAccept},
		{"other accept", plain, answer(Field{"Sec-WebSocket-Accept", AcceptKey("x")}), Agreement{}, ErrAccept},
		{"accept in another case", plain, answer(Field{"Sec-WebSocket-Accept", "S3pPLMBiTxaQ9kYGzzhZRbK+xOo="}), Agreement{}, ErrAccept},
		{"extension unasked", plain, answer(Field{"Sec-WebSocket-Extensions", both}), Agreement{}, ErrExtension},
		{"protocol unasked", plain, answer(Field{"Sec-WebSocket-Protocol", "x"}), Agreement{}, ErrProtocol},
		{"protocol not offered", full, answer(Field{"Sec-WebSocket-Protocol", "z"}), Agreement{}, ErrProtocol},
		{"protocol in another case", full, answer(Field{"Sec-WebSocket-Protocol", "X"}), Agreement{}, ErrProtocol},
		{"two protocols", full, answer(Field{"Sec-WebSocket-Protocol", "x, y"}), Agreement{}, ErrProtocol},
		{"two protocols on two lines", full, twice, Agreement{}, ErrProtocol},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.offer.Check(&tt.reply)
			if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v; agreement (-want +got):\n%s", err, tt.err, diff)
			}
		})
	}
	reply := answer(Field{"Sec-WebSocket-Extensions", "permessage-deflate"})
	var e *deflate.NegotiationError
	if _, err := full.Check(&reply); !errors.As(err, &e) {
		t.Errorf("compression that was not asked for in this way: %v", err)
	}
}
