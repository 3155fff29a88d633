package server_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/config"
	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// inflating makes a stream of the messages of a server with the inflater of
// the standard library.
type inflating struct {
	net.Conn
	in      io.Reader // early bytes first
	frames  *wsframe.Reader
	raw     [4096]byte
	packed  []byte // compressed message that is not complete
	plain   bytes.Buffer
	shrunk  int // compressed messages
	waiting []byte
}

func (s *inflating) Write(b []byte) (int, error) {
	_, err := s.Conn.Write(wsframe.AppendMasked(nil, wsframe.Binary, [4]byte{1, 2, 3, 4}, b))
	return len(b), err
}

func (s *inflating) Read(b []byte) (int, error) {
	for s.plain.Len() == 0 {
		if len(s.waiting) == 0 {
			n, err := s.in.Read(s.raw[:])
			if err != nil {
				return 0, err
			}
			s.waiting = s.raw[:n]
		}
		p, n, err := s.frames.Next(s.waiting)
		if err != nil {
			return 0, err
		}
		s.waiting = s.waiting[n:]
		switch {
		case p.Kind != wsframe.KindData:
		case !p.Compressed:
			s.plain.Write(p.Payload)
		default:
			if s.packed = append(s.packed, p.Payload...); !p.Last {
				break
			}
			tail := strings.NewReader("\x00\x00\xff\xff\x01\x00\x00\xff\xff")
			if _, err := s.plain.ReadFrom(flate.NewReader(io.MultiReader(bytes.NewReader(s.packed), tail))); err != nil {
				return 0, err
			}
			s.packed = s.packed[:0]
			s.shrunk++
		}
	}
	return s.plain.Read(b)
}

// inflating connects over a compressed WebSocket.
func (r *instance) inflating() (*client, *inflating) {
	r.t.Helper()
	d := compressing
	u, err := d.Dial(r.t.Context(), r.webURL("/"))
	if err != nil {
		r.t.Fatal(err)
	}
	s := &inflating{Conn: u.Conn, in: u.Reader(), frames: wsframe.NewReader(wsframe.Rules{FromServer: true, Compression: true})}
	return r.greeted(s), s
}

// What a publisher's batch has in common for its receivers is laid out,
// compressed and written out once: bodies, equal batches, messages for the same
// subscription id. Each receiver must get its own bytes all the same.
func TestWhatIsSharedReachesEverybodyUnchanged(t *testing.T) {
	t.Parallel()
	r := boot(t, webbed(func(w *config.WebSocket) { w.Compression = true }))
	type receiver struct {
		c       *client
		sid     string
		last    int // it unsubscribes after so many messages, 0 for never
		dawdles bool
	}
	var receivers []receiver
	var streams []*inflating
	for i := range 24 {
		v := receiver{sid: "1"}
		switch i % 4 {
		case 0, 1:
			var s *inflating
			v.c, s = r.inflating()
			streams = append(streams, s)
		case 2:
			v.c, _ = r.web(handshake.Dialer{})
		case 3:
			v.c = r.dial()
		}
		if i%3 == 0 {
			v.sid = strings.Repeat("s", i+1) // one of its own
		}
		if i%5 == 4 {
			v.last = 40
		}
		v.dawdles = i == 8
		v.c.quiet()
		v.c.send("SUB news.> " + v.sid)
		if v.last > 0 {
			v.c.send(fmt.Sprintf("UNSUB %s %d", v.sid, v.last))
		}
		v.c.barrier()
		receivers = append(receivers, v)
	}

	random := rand.New(rand.NewPCG(1, 2))
	var batch strings.Builder
	want := make([]strings.Builder, len(receivers))
	for n := range 400 {
		size := []int{0, 20, 130, 600, 1500, 5000}[random.IntN(6)]
		body := strings.Repeat(fmt.Sprintf(`{"n":%d,"r":"%x"},`, n, random.Uint64()), size/20+1)[:size]
		fmt.Fprintf(&batch, "PUB news.%d r.%d %d\r\n%s\r\n", n%7, n, size, body)
		for i, v := range receivers {
			if v.last == 0 || n < v.last {
				fmt.Fprintf(&want[i], "MSG news.%d %s r.%d %d\r\n%s\r\n", n%7, v.sid, n, size, body)
			}
		}
	}
	publisher := r.dial().quiet()
	go io.WriteString(publisher, batch.String())
	for i, v := range receivers {
		if v.dawdles {
			v.c.r = bufio.NewReaderSize(dawdling{v.c.r}, 1)
		}
		got := make([]byte, want[i].Len())
		if _, err := io.ReadFull(v.c.r, got); err != nil {
			t.Fatalf("receiver %d: %v", i, err)
		}
		if string(got) != want[i].String() {
			t.Errorf("receiver %d: other bytes: %s", i, gocmp.Diff(want[i].String(), string(got)))
		}
		v.c.barrier()
	}
	for i, s := range streams {
		if s.shrunk == 0 {
			t.Errorf("stream %d: nothing was compressed", i)
		}
	}
}

// dawdling reads little at a time.
type dawdling struct{ io.Reader }

func (d dawdling) Read(b []byte) (int, error) {
	runtime.Gosched() // others first
	return d.Reader.Read(b[:min(len(b), 500)])
}

func TestStartFailsWithoutTheWebSocketListener(t *testing.T) {
	t.Parallel()
	first := boot(t, webbed(nil))
	port := first.Options().WebSocket.Port
	for _, tt := range []struct {
		name string
		edit func(*config.WebSocket)
		want string
	}{
		{"port in use", func(w *config.WebSocket) { w.Port = port },
			fmt.Sprintf("Unable to listen for websocket connections: listen tcp 127.0.0.1:%d: bind: address already in use", port)},
		{"bad advertise", func(w *config.WebSocket) { w.Advertise = "a:b:c" },
			"Unable to get websocket connect URLs: address a:b:c: too many colons in address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := create(t, webbed(tt.edit))
			err := r.Run(t.Context())
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if !r.log.has("ERROR+4 " + tt.want) {
				t.Errorf("logged %q", r.log.all())
			}
		})
	}
}
