package client

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/protocol"
)

// quietLine is a CONNECT after which only what is asked for is answered.
const quietLine = `CONNECT {"verbose":false,"pedantic":false,"headers":true}`

// respond is the same for a client that wants to know that nobody responds.
const respond = `CONNECT {"verbose":false,"headers":true,"no_responders":true}`

func TestSession(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		set  func(*Settings)
		sent []string
		want []string
		ends protocol.CloseReason // 0: it goes on
	}{
		// CONNECT
		{name: "without CONNECT the client is verbose", sent: []string{"SUB a 1", "PUB a 1", "x", "UNSUB 1"},
			want: []string{"+OK", "+OK", "MSG a 1 1", "x", "+OK"}},
		{name: "an empty CONNECT is verbose and pedantic", sent: []string{"CONNECT {}", "PUB a..b 0", ""},
			want: []string{"+OK", "-ERR 'Invalid Publish Subject'", "+OK"}},
		{name: "verbose off", sent: []string{`CONNECT {"verbose":false}`, "SUB a 1", "PUB a 1", "x"}, want: []string{"MSG a 1 1", "x"}},
		{name: "CONNECTs merge", sent: []string{`CONNECT {"verbose":false}`, `CONNECT {"echo":false}`, "SUB a 1", "PUB a 1", "x"}},
		{name: "a second CONNECT drops the subscriptions", sent: []string{"SUB a 1", "CONNECT {}", "CONNECT {}", "SUB a 2", "PUB a 1", "x", "CONNECT {}", "PUB a 1", "x"},
			want: []string{"+OK", "+OK", "+OK", "+OK", "+OK", "MSG a 2 1", "x", "+OK", "+OK"}},
		{name: "the first PING is answered with INFO too", sent: []string{`CONNECT {"verbose":false,"protocol":1}`, "PING", "PING"},
			want: []string{"PONG", "INFO", "PONG"}},
		{name: "no INFO for old clients", sent: []string{`CONNECT {"verbose":false,"protocol":0}`, "PING", "PING"}, want: []string{"PONG", "PONG"}},
		{name: "no INFO before CONNECT", sent: []string{"PING", `CONNECT {"verbose":false,"protocol":1}`, "PING", `CONNECT {}`, "PING"},
			want: []string{"PONG", "PONG", "INFO", "PONG"}},
		{name: "protocol 2", sent: []string{`CONNECT {"protocol":2}`}, want: []string{"-ERR 'invalid client protocol'"}, ends: protocol.BadClientProtocolVersion},
		{name: "account", sent: []string{`CONNECT {"account":"A","protocol":2}`}, want: []string{"-ERR 'Authorization Violation'"}, ends: protocol.AuthenticationFailure},
		{name: "new account", sent: []string{`CONNECT {"new_account":true}`}, want: []string{"-ERR 'Authorization Violation'"}, ends: protocol.AuthenticationFailure},
		{name: "the version is looked at before responders", sent: []string{`CONNECT {"protocol":-1,"no_responders":true}`},
			want: []string{"-ERR 'invalid client protocol'"}, ends: protocol.BadClientProtocolVersion},
		{name: "no responders without headers", sent: []string{`CONNECT {"no_responders":true}`},
			want: []string{"-ERR 'no responders requires headers support'"}, ends: protocol.NoRespondersRequiresHeaders},
		{name: "no responders at a server without headers", set: func(s *Settings) { s.Info.Headers = false },
			sent: []string{`CONNECT {"headers":true,"no_responders":true}`},
			want: []string{"-ERR 'no responders requires headers support'"}, ends: protocol.NoRespondersRequiresHeaders},
		{name: "CONNECT that is no JSON", sent: []string{"CONNECT {"}, ends: protocol.ProtocolViolation},
		{name: "CONNECT of the wrong type", sent: []string{`CONNECT {"verbose":"yes"}`}, ends: protocol.ProtocolViolation},

		// SUB and UNSUB
		{name: "a used sid", sent: []string{"SUB a 1", "SUB b 1", "PUB b 0", "", "PUB a 0", ""},
			want: []string{"+OK", "+OK", "+OK", "+OK", "MSG a 1 0", ""}},
		{name: "an invalid subject leaves the sid free", sent: []string{quietLine, "SUB a..b 1", "SUB >.a 1", "SUB a 1", "PUB a 0", ""},
			want: []string{"-ERR 'Invalid Subject'", "-ERR 'Invalid Subject'", "MSG a 1 0", ""}},
		{name: "no +OK for an invalid subject", sent: []string{"SUB a. 1"}, want: []string{"-ERR 'Invalid Subject'"}},
		{name: "the queue of servers", sent: []string{"SUB a _sys_ 1"},
			want: []string{`-ERR 'Permissions Violation for Subscription to "a" using queue "_sys_"'`}},
		{name: "UNSUB of an unknown sid", sent: []string{"UNSUB 9", "UNSUB 9 3"}, want: []string{"+OK", "+OK"}},
		{name: "UNSUB", sent: []string{quietLine, "SUB a 1", "UNSUB 1", "PUB a 0", ""}},
		{name: "UNSUB with a maximum", sent: []string{quietLine, "SUB a 1", "UNSUB 1 2", "PUB a 0", "", "PUB a 0", "", "PUB a 0", ""},
			want: []string{"MSG a 1 0", "", "MSG a 1 0", ""}},
		{name: "a maximum counts from SUB", sent: []string{quietLine, "SUB a 1", "PUB a 0", "", "UNSUB 1 1", "PUB a 0", ""}, want: []string{"MSG a 1 0", ""}},
		{name: "a spent sid is free again", sent: []string{quietLine, "SUB a 1", "UNSUB 1 1", "PUB a 0", "", "SUB b 1", "PUB b 0", ""},
			want: []string{"MSG a 1 0", "", "MSG b 1 0", ""}},
		{name: "a maximum that is none means now", sent: []string{quietLine, "SUB a 1", "UNSUB 1 x", "PUB a 0", ""}},

		// PUB and HPUB
		{name: "size digits are repeated", sent: []string{quietLine, "SUB a 1", "PUB a 001", "x"}, want: []string{"MSG a 1 001", "x"}},
		{name: "a header", sent: []string{quietLine, "SUB a 1", "HPUB a r 12 13", "NATS/1.0", "", "x"},
			want: []string{"HMSG a 1 r 12 13", "NATS/1.0", "", "x"}},
		{name: "a header without agreement", sent: []string{"HPUB a 12 13", "NATS/1.0", "", "x"}, ends: protocol.ProtocolViolation},
		{name: "a header without support", set: func(s *Settings) { s.Info.Headers = false },
			sent: []string{quietLine, "HPUB a 12 13", "NATS/1.0", "", "x"}, ends: protocol.ProtocolViolation},
		{name: "pedantic tells of the subject and delivers", sent: []string{`CONNECT {"verbose":false}`, "SUB a.> 1", "PUB a.* 0", ""},
			want: []string{"-ERR 'Invalid Publish Subject'", "MSG a.* 1 0", ""}},
		{name: "no echo", sent: []string{`CONNECT {"verbose":false,"echo":false}`, "SUB a 1", "SUB a q 2", "PUB a 0", ""}},
		{name: "a reserved reply", sent: []string{quietLine, "SUB a 1", "PUB a _R_.x 0", ""},
			want: []string{`-ERR 'Permissions Violation for Publish with Reply of "_R_.x"'`}},
		{name: "a reserved subject", sent: []string{"PUB _GR_.x 0", "", "PUB $NRG.x 0", ""},
			want: []string{`-ERR 'Permissions Violation for Publish to "_GR_.x"'`, `-ERR 'Permissions Violation for Publish to "$NRG.x"'`}},

		// no responders
		{name: "nobody responds", sent: []string{respond, "SUB inb.* 7", "PUB nobody inb.1 0", ""},
			want: []string{"HMSG inb.1 7 38 38", "NATS/1.0 503", "Nats-Subject: nobody", "", ""}},
		{name: "somebody responds", sent: []string{respond, "SUB inb.* 7", "SUB svc 8", "PUB svc inb.1 0", ""}, want: []string{"MSG svc 8 inb.1 0", ""}},
		{name: "nobody waits for the reply", sent: []string{respond, "PUB nobody inb.1 0", ""}},
		{name: "only a queue waits for the reply", sent: []string{respond, "SUB inb.* q 7", "PUB nobody inb.1 0", ""}},
		{name: "a suppressed echo is no responder", sent: []string{`CONNECT {"verbose":false,"headers":true,"no_responders":true,"echo":false}`,
			"SUB inb 7", "SUB svc 8", "PUB svc inb 0", ""}, want: []string{"HMSG inb 7 35 35", "NATS/1.0 503", "Nats-Subject: svc", "", ""}},
		{name: "503 does not count for a maximum", sent: []string{respond, "SUB inb 7", "UNSUB 7 1", "PUB nobody inb 0", "", "PUB inb 0", "", "PUB inb 0", ""},
			want: []string{"HMSG inb 7 38 38", "NATS/1.0 503", "Nats-Subject: nobody", "", "", "MSG inb 7 0", ""}},

		// limits
		{name: "max_payload", set: func(s *Settings) { s.MaxPayload = 4 }, sent: []string{quietLine, "SUB a 1", "PUB a 4", "1234", "PUB a 5"},
			want: []string{"MSG a 1 4", "1234", "-ERR 'Maximum Payload Violation'"}, ends: protocol.MaxPayloadExceeded},
		{name: "max_control_line", set: func(s *Settings) { s.MaxControlLine = 80 }, sent: []string{quietLine, "SUB " + strings.Repeat("a", 90)},
			want: []string{"-ERR 'maximum control line exceeded'"}, ends: protocol.MaxControlLineExceeded},
		{name: "max_subscriptions", set: func(s *Settings) { s.MaxSubscriptions = 2 },
			sent: []string{"SUB a 1", "SUB a 2", "SUB a 3", "SUB a 2", "UNSUB 1", "SUB a 3"},
			want: []string{"+OK", "+OK", "-ERR 'maximum subscriptions exceeded'", "+OK", "+OK", "+OK"}},
		{name: "max_subscription_tokens", set: func(s *Settings) { s.MaxSubTokens = 2 }, sent: []string{"SUB a.b 1", "SUB a.b.c 2"},
			want: []string{"+OK", `-ERR 'Permissions Violation for Subscription to "a.b.c", too many tokens'`}},

		// what else comes in
		{name: "+OK and INFO mean nothing", sent: []string{"+OK", `INFO {"a":1}`}},
		{name: "bad INFO", sent: []string{"INFO {"}, ends: protocol.ProtocolViolation},
		{name: "-ERR", sent: []string{"-ERR 'you'"}, ends: protocol.ParseError},
		{name: "an unknown verb", sent: []string{"HELLO"}, want: []string{"-ERR 'Unknown Protocol Operation'"}, ends: protocol.ProtocolViolation},
		{name: "too few arguments", sent: []string{"SUB a"}, ends: protocol.ProtocolViolation},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.set)
			p := w.join()
			p.send(tt.sent...)
			p.expect(tt.want...)
			if tt.ends == 0 {
				p.send("PING")
				if line, err := p.next(); err != nil || line != "PONG" {
					t.Errorf("afterwards: %q, %v; want PONG", line, err)
				}
				return
			}
			if r := p.closed(w); r.Reason != tt.ends {
				t.Errorf("ended for %q, want %q", r.Reason, tt.ends)
			}
		})
	}
}

func TestHeadersAreStrippedForOldReceivers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	old, sender := w.join(), w.quiet()
	old.send(`CONNECT {"verbose":false}`, "SUB a 1", "PING")
	old.expect("PONG")
	sender.send("HPUB a r 12 15", "NATS/1.0", "", "hey")
	old.expect("MSG a 1 r 3", "hey")
}

func TestLimitsFollowSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p := w.quiet()
	p.send("PUB a 5", "12345")
	p.barrier()
	next := *w.env.Settings()
	next.MaxPayload = 4
	w.env.SetSettings(&next)
	p.send("PUB a 5")
	p.expect("-ERR 'Maximum Payload Violation'")
	p.closed(w)
}

func TestReportTellsWhatTheClientDid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p := w.join()
	p.send(`CONNECT {"verbose":false,"name":"n","lang":"go","version":"1","user":"u","pass":"secret","auth_token":"secret","jwt":"secret","sig":"secret","proxy_sig":"secret"}`,
		"SUB a.* q 1", "SUB b 2", "UNSUB 2 7", "PUB a.b 3", "hey", "PUB b 2", "yo", "PUB c 1", "x")
	p.expect("MSG a.b 1 3", "hey", "MSG b 2 2", "yo")
	p.barrier()
	check := func(r *Report, reason protocol.CloseReason) {
		t.Helper()
		type facts struct {
			Name, Lang        string
			Secrets           bool
			InMsgs, InBytes   uint64
			OutMsgs, OutBytes uint64
			Account           string
			Reason            protocol.CloseReason
			NumSubs           int
		}
		o := r.Options
		want := facts{"n", "go", false, 3, 6, 2, 5, "$G", reason, 2}
		got := facts{o.Name, o.Lang, strings.Contains(fmt.Sprint(o), "secret"),
			r.In.Msgs, r.In.Bytes, r.Out.Msgs, r.Out.Bytes, r.Account, r.Reason, r.NumSubs}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		subs := make(map[string]SubReport)
		for _, s := range r.Subscriptions {
			subs[s.SID] = s
		}
		if diff := cmp.Diff(map[string]SubReport{
			"1": {Account: "$G", Subject: "a.*", Queue: "q", SID: "1", Msgs: 1, ClientID: p.c.id},
			"2": {Account: "$G", Subject: "b", SID: "2", Msgs: 1, Max: 7, ClientID: p.c.id},
		}, subs); diff != "" {
			t.Errorf("subscriptions, -want +got:\n%s", diff)
		}
		if r.Stopped.IsZero() != (reason == 0) || r.LastActivity.Before(r.Started) {
			t.Errorf("started %v, active %v, stopped %v", r.Started, r.LastActivity, r.Stopped)
		}
	}
	check(p.c.Report(Detail{Subscriptions: true}), 0)
	p.leave()
	check(w.env.Registry.Closed()[0], protocol.ClientClosed)
}
