package handshake

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// Upgraded is a connection on which the handshake is done.
type Upgraded struct {
	// Conn has no deadline set. The caller owns it.
	Conn net.Conn
	// Early are bytes that the peer sent behind the handshake. They come
	// before whatever Conn reads.
	Early []byte
	Agreement
	// Fields are the header lines of the peer.
	Fields []Field
}

// Reader reads what the peer sends: Early first, then Conn.
func (u *Upgraded) Reader() io.Reader {
	if len(u.Early) == 0 {
		return u.Conn
	}
	return io.MultiReader(bytes.NewReader(u.Early), u.Conn)
}

// FromHTTP makes a Request of what net/http read. The order of the fields is
// that of a map.
func FromHTTP(r *http.Request) Request {
	to := Request{
		Method:    r.Method,
		Target:    r.RequestURI,
		Path:      r.URL.EscapedPath(),
		Query:     r.URL.RawQuery,
		Host:      r.Host,
		Minor:     r.ProtoMinor,
		Fields:    make([]Field, 0, len(r.Header)),
		Body:      r.ContentLength != 0 || len(r.TransferEncoding) > 0,
		KeepAlive: !r.Close,
	}
	for name, values := range r.Header {
		for _, v := range values {
			to.Fields = append(to.Fields, Field{Name: name, Value: v})
		}
	}
	return to
}

// Upgrade does the handshake in an HTTP handler and takes the connection over.
// On an error the client has its answer, and the caller only logs: it is an
// [*Error] unless the connection broke.
//
// Frames that the client sent too early are in Early; a request with a body is
// refused.
func Upgrade(w http.ResponseWriter, r *http.Request, o *Options) (*Upgraded, error) {
	req := FromHTTP(r)
	answer, err := Accept(&req, r.TLS != nil, o)
	if err != nil {
		refuse(w, err)
		return nil, err
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		if errors.Is(err, http.ErrNotSupported) {
			err = ErrNotSupported
		}
		err = AsError(err)
		refuse(w, err)
		return nil, err
	}
	if _, err := conn.Write(AppendResponse(make([]byte, 0, 512), &answer)); err != nil {
		_ = conn.Close()
		return nil, err
	}
	// The server's own deadlines were for the request.
	if err := conn.SetDeadline(time.Time{}); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &Upgraded{Conn: conn, Early: buffered(rw.Reader), Agreement: answer.Agreement, Fields: req.Fields}, nil
}

// buffered copies what r holds, since its buffer is larger than what a client
// should have sent by now and need not outlive the handshake.
func buffered(r *bufio.Reader) []byte {
	b, _ := r.Peek(r.Buffered()) // never more than is there, so it can't fail
	return bytes.Clone(b)
}

// refuse answers like [AppendError], through net/http.
func refuse(w http.ResponseWriter, err error) {
	w.Header().Set("Sec-Websocket-Version", "13")
	status := AsError(err).Status
	http.Error(w, http.StatusText(status), status)
}
