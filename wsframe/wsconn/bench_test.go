package wsconn

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// sizes are those of messages. The last needs a buffer that grows.
var sizes = []int{16, 1 << 10, 16 << 10, 1 << 20}

// benchModes are the ways to compress that are measured.
var benchModes = map[string]*deflate.Params{"plain": nil, "no-takeover": &deflate.NoTakeover, "takeover": {}}

// sample is a message of that size, of text that compresses as texts do.
func sample(size int) []byte {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `{"id":%d,"name":"n%x","ok":%t},`, i, i*i, i%3 == 0)
	}
	return []byte(b.String()[:size])
}

// loop gives out the same bytes again and again.
type loop struct {
	b []byte
	n int
}

func (l *loop) Read(b []byte) (int, error) {
	n := copy(b, l.b[l.n:])
	if l.n += n; l.n == len(l.b) {
		l.n = 0
	}
	return n, nil
}

// sink swallows bytes.
type sink struct{ feed }

func (sink) Write(b []byte) (int, error) { return len(b), nil }

// receiver returns a server to which the same message comes again and again.
func receiver(p *deflate.Params, size int) *Conn {
	c, f := fed(nil, p, 0)
	payload, packed := sample(size), p != nil
	if packed {
		payload = deflate.AppendMessage(nil, payload)
	}
	f.in = &loop{b: wsframe.AppendMaskedFragment(nil, wsframe.Text, true, packed, key, payload)}
	return c
}

func sender(p *deflate.Params, client bool) *Conn { return New(upgraded(&sink{}, p), client, 0) }

// check fails the test if f returns an error or allocates.
func check(t *testing.T, name string, f func() error) {
	t.Helper()
	var err error
	run := func() {
		if e := f(); e != nil {
			err = e
		}
	}
	for range 10 {
		run() // fills pools
	}
	allocs := testing.AllocsPerRun(50, run)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if allocs > 0 {
		t.Errorf("%s: %v allocations", name, allocs)
	}
}

func TestNothingIsAllocatedForAMessage(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	// Not parallel: what others allocate would count.
	for mode, p := range benchModes {
		for _, size := range sizes {
			name := fmt.Sprintf("%s %d", mode, size)
			r := receiver(p, size)
			check(t, name+" ReadMessage", func() error {
				_, b, err := r.ReadMessage()
				if err == nil && len(b) != size {
					err = fmt.Errorf("%d bytes", len(b))
				}
				return err
			})
			buf := make([]byte, 0, size+1<<10)
			check(t, name+" AppendMessage", func() error {
				_, _, err := r.AppendMessage(buf)
				return err
			})
			for _, client := range []bool{false, true} {
				w, payload := sender(p, client), sample(size)
				check(t, fmt.Sprint(name, " WriteMessage, client: ", client), func() error {
					return w.WriteMessage(wsframe.Text, payload)
				})
			}
		}
	}
	// Over TCP, where reading goes another way.
	client, server := pair(t, nil, 0)
	go echo(server)
	payload := sample(1 << 10)
	check(t, "TCP", func() error {
		if err := client.WriteMessage(wsframe.Text, payload); err != nil {
			return err
		}
		_, _, err := client.ReadMessage()
		return err
	})
	if err := client.Close(wsframe.StatusNormal, ""); err != nil {
		t.Error(err)
	}
}

func BenchmarkRead(b *testing.B) {
	for mode, p := range benchModes {
		for _, size := range sizes {
			b.Run(fmt.Sprintf("%s/%d", mode, size), func(b *testing.B) {
				c := receiver(p, size)
				b.ReportAllocs()
				b.SetBytes(int64(size))
				for b.Loop() {
					if _, _, err := c.ReadMessage(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkStream(b *testing.B) {
	c := receiver(nil, 1<<20)
	buf := make([]byte, 32<<10)
	b.ReportAllocs()
	b.SetBytes(1 << 20)
	for b.Loop() {
		_, r, err := c.NextReader()
		for err == nil {
			_, err = r.Read(buf)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for mode, p := range benchModes {
		for _, size := range sizes {
			for end, client := range map[string]bool{"server": false, "client": true} {
				b.Run(fmt.Sprintf("%s/%s/%d", end, mode, size), func(b *testing.B) {
					c, payload := sender(p, client), sample(size)
					b.ReportAllocs()
					b.SetBytes(int64(size))
					for b.Loop() {
						if err := c.WriteMessage(wsframe.Text, payload); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
