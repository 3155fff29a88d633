package websocket

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/dunlin-mq/dunlin/wsframe/deflate"
	"github.com/dunlin-mq/dunlin/wsframe/handshake"
)

// Hijacked is a connection taken over from net/http.
type Hijacked struct {
	*Upgrade
	Conn  net.Conn
	Early []byte // what the client sent behind its request
}

// Upgrade turns a request that net/http has read into a connection. The path
// means nothing beyond its end: where the handler is mounted is up to the
// application. After an error the client has its answer.
func (f *Front) Upgrade(w http.ResponseWriter, r *http.Request) (*Hijacked, error) {
	req := handshake.FromHTTP(r)
	var peer netip.Addr
	if a, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		peer = a.Addr().Unmap()
	}
	u, err := f.Judge(&req, peer, r.TLS != nil)
	if err != nil {
		status := handshake.AsError(err).Status
		w.Header().Set("Sec-Websocket-Version", "13")
		http.Error(w, http.StatusText(status), status)
		return nil, err
	}
	resp := f.response(&req, u)
	opts := handshake.Options{Agreed: resp.Agreed, Headers: resp.Headers}
	if u.Compression {
		opts.Deflate = &deflate.Policy{}
	}
	if resp.Protocol != "" {
		opts.Protocols = []string{resp.Protocol}
	}
	done, err := handshake.Upgrade(w, r, &opts)
	if err != nil {
		return nil, err
	}
	u.TLS = r.TLS
	return &Hijacked{Upgrade: u, Conn: done.Conn, Early: done.Early}, nil
}
