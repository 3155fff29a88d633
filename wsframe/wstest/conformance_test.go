package wstest

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// A testCase is one of the Autobahn|Testsuite's cases, under its number.
type testCase struct {
	id string
	// offers are the compression that the client asks for, if any, the best first.
	offers []deflate.Params
	play   func(*Peer) error
}

// A script is what most cases are: things to send and what has to come back. It is
// made when it is played, because some are long.
type script func() ([]step, ending)

// A step is sent while want is awaited. The next one begins when that is there.
type step struct {
	send []Frame
	chop chop
	want []Frame
}

// chop is how many bytes are sent at a time.
type chop int

const (
	whole  chop = 0  // everything at once
	frames chop = -1 // a frame at a time
	octets chop = 1
)

// ending is how the server ends the connection: with a close frame of that code.
type ending wsframe.CloseCode

const (
	// asked ends it because the client does: with 1000, as it does.
	asked ending = 0
	// gone ends it without anything further: the last step had the close frame.
	gone ending = 1

	broken   = ending(wsframe.StatusProtocolError)
	notUTF8  = ending(wsframe.StatusInvalidPayload)
	goodbyes = ending(wsframe.StatusNormal)
)

// scripted is the case that plays s.
func scripted(id string, s script) testCase { return testCase{id: id, play: s.play} }

// plain is the case of one step.
func plain(id string, c chop, send, want []Frame, end ending) testCase {
	return scripted(id, func() ([]step, ending) { return []step{{send, c, want}}, end })
}

func (s script) play(p *Peer) error {
	steps, end := s()
	for i, step := range steps {
		if err := step.play(p); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	switch end {
	case asked:
		return closeNormally(p)
	case gone:
		return p.ExpectEOF()
	}
	return p.ExpectEnd(wsframe.CloseCode(end))
}

func closeNormally(p *Peer) error {
	if err := p.Send(Close(1000, "")); err != nil {
		return err
	}
	return p.ExpectEnd(1000)
}

// play sends and receives at the same time: a server that answers before it has
// read everything may be stuck otherwise.
func (s step) play(p *Peer) error {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		// Where sending fails, what was to come back does not.
		switch {
		case s.chop > 0:
			_ = p.SendChopped(int(s.chop), s.send...)
		case s.chop == frames:
			for _, f := range s.send {
				_ = p.Send(f)
			}
		default:
			_ = p.Send(s.send...)
		}
	}()
	err := p.Expect(s.want...)
	if err != nil {
		_ = p.Conn().Close()
	}
	<-sent
	return err
}

// suite is all cases with the mode of the server that they run against.
func suite() map[string][]testCase {
	return map[string][]testCase{
		"off": slices.Concat(
			framingCases(), pingCases(), reservedCases(), opcodeCases(), fragmentCases(), utf8Cases(), closeCases(),
			limitCases(), autoFragmentCases(),
		),
		"no-takeover": compressionCases(),
		"takeover":    parameterCases(),
	}
}

func TestConformanceHasAllCases(t *testing.T) {
	t.Parallel()
	got := make(map[string]int)
	seen := make(map[string]bool)
	for _, cases := range suite() {
		for _, c := range cases {
			category, _, _ := strings.Cut(c.id, ".")
			got[category]++
			if seen[c.id] {
				t.Errorf("%s is there twice", c.id)
			}
			seen[c.id] = true
		}
	}
	want := map[string]int{"1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "9": 54, "10": 1, "12": 90, "13": 126}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(seen) != 517 {
		t.Errorf("%d cases", len(seen))
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for mode, cases := range suite() {
		e, err := NewEcho(mode)
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(e)
		t.Cleanup(srv.Close)
		for _, c := range cases {
			t.Run(c.id, func(t *testing.T) {
				t.Parallel()
				c.run(t, srv.Listener.Addr().String())
			})
		}
	}
}

// patience is how long a case may take.
const patience = 60 * time.Second

func (c testCase) run(t *testing.T, addr string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	p, err := dialOffers(ctx, addr, c.offers)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Conn().Close()
	if err := c.play(p); err != nil {
		t.Error(err)
	}
}

// dialOffers opens a WebSocket with several offers, of which the server may choose.
func dialOffers(ctx context.Context, addr string, offers []deflate.Params) (*Peer, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	u := &handshake.Upgraded{Conn: conn}
	deadline, _ := ctx.Deadline()
	if err = conn.SetDeadline(deadline); err == nil {
		err = ask(u, offers)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return NewPeer(u, true), nil
}

// ask does a client's handshake.
func ask(u *handshake.Upgraded, offers []deflate.Params) error {
	var value []byte
	for i, p := range offers {
		if i > 0 {
			value = append(value, ", "...)
		}
		value = p.AppendOffer(value)
	}
	o := handshake.Offer{Target: "/", Host: "localhost", Key: handshake.NewKey()}
	if len(offers) > 0 {
		var err error
		if o.Headers, err = handshake.AppendField(nil, "Sec-WebSocket-Extensions", string(value)); err != nil {
			return err
		}
	}
	if _, err := u.Conn.Write(handshake.AppendRequest(nil, &o)); err != nil {
		return err
	}
	var head []byte
	for {
		b := make([]byte, 512)
		n, err := u.Conn.Read(b)
		if err != nil {
			return err
		}
		head = append(head, b[:n]...)
		reply, n, err := handshake.ParseReply(head)
		switch {
		case err != nil:
			return err
		case n == 0:
			continue
		case reply.Status != 101:
			return fmt.Errorf("status %d", reply.Status)
		}
		u.Early = head[n:]
		return choose(u, offers, slices.Collect(reply.Values("Sec-WebSocket-Extensions")))
	}
}

// choose finds the offer that the server's answer fits.
func choose(u *handshake.Upgraded, offers []deflate.Params, answer []string) error {
	for _, p := range offers {
		params, ok, err := deflate.CheckResponse(p, answer)
		if err == nil {
			u.Params, u.Deflate = params, ok
			return nil
		}
	}
	if len(answer) > 0 {
		return fmt.Errorf("answer fits no offer: %q", answer)
	}
	return nil
}
