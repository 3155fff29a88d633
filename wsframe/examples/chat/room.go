package main

import (
	"net/http"
	"sync"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
	"github.com/dunlin-mq/dunlin/wsframe/wsconn"
)

const (
	// maxLine is the size of a message in bytes.
	maxLine = 4 << 10
	// backlog is how many messages may wait for a member, who then has to go.
	backlog = 64
)

// room passes what each member says on to all of them.
type room struct {
	upgrade *handshake.Options
	ended   sync.WaitGroup // the goroutines of members

	mu      sync.Mutex
	members map[*member]struct{}
	closed  bool
}

// member is a connection with what waits to be sent to it.
type member struct {
	conn *wsconn.Conn
	out  chan *wsframe.Prepared // closed when the member has left the room
}

func newRoom() *room {
	// Without this, any page in the world could talk to a chat in your network
	// through the browser of somebody who visits it.
	sameOrigin, err := handshake.NewOrigins(true, nil)
	if err != nil {
		panic(err) // there is nothing in the arguments that could be wrong
	}
	return &room{
		upgrade: &handshake.Options{Origins: sameOrigin, Deflate: &deflate.Policy{}},
		members: make(map[*member]struct{}),
	}
}

// ServeHTTP takes a browser in, until it leaves.
func (r *room) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	conn, err := wsconn.Accept(w, req, r.upgrade)
	if err != nil {
		return // the browser has its answer
	}
	m := &member{conn, make(chan *wsframe.Prepared, backlog)}
	if !r.enter(m) {
		_ = conn.Close(wsframe.StatusGoingAway, "closed")
		return
	}
	defer r.ended.Done()
	var writer sync.WaitGroup
	writer.Go(m.write)
	defer writer.Wait()
	defer r.leave(m)
	for {
		op, line, err := conn.ReadMessage()
		switch {
		case err != nil:
			return // it left, or was sent away
		case op != wsframe.Text:
			_ = conn.Close(wsframe.StatusUnsupportedData, "text only")
			return
		case len(line) > maxLine:
			_ = conn.Close(wsframe.StatusTooBig, "too long")
			return
		default:
			r.say(line)
		}
	}
}

// say sends a line to everybody: framed once, and compressed once if somebody
// wants that. Nobody waits for a member that does not keep up; it has to go.
func (r *room) say(line []byte) {
	p := wsframe.NewPrepared(wsframe.Text, line, deflate.MaxWindow)
	r.mu.Lock()
	defer r.mu.Unlock()
	for m := range r.members {
		select {
		case m.out <- p:
		default:
			r.dropLocked(m)
		}
	}
}

// write sends what waits. When the member has left it says goodbye.
func (m *member) write() {
	for p := range m.out {
		if m.conn.WritePrepared(p) != nil {
			break // reading ends, too, and then m leaves
		}
	}
	_ = m.conn.Close(wsframe.StatusGoingAway, "")
}

func (r *room) enter(m *member) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.ended.Add(1)
	r.members[m] = struct{}{}
	return true
}

func (r *room) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropLocked(m)
}

// dropLocked makes m leave, if it is still there.
func (r *room) dropLocked(m *member) {
	if _, ok := r.members[m]; ok {
		delete(r.members, m)
		close(m.out)
	}
}

// close sends everybody away and returns when they are gone.
func (r *room) close() {
	r.mu.Lock()
	r.closed = true
	for m := range r.members {
		r.dropLocked(m)
	}
	r.mu.Unlock()
	r.ended.Wait()
}
