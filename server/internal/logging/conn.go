package logging

import "strconv"

// Conn names the connection that lines are about.
type Conn struct {
	Remote string // address and port of the peer
	Kind   string // cid, rid, gid or lid
	ID     uint64
	Client string // version, language and name, such as v1.2:go:name; empty until known
	User   string // account and user, such as ACC/user:name; empty until known
}

// With returns a logger whose lines are about a connection.
func (l *Logger) With(conn Conn) *Logger {
	return &Logger{core: l.core, conn: &conn, prefix: conn.String() + " - "}
}

// String renders the connection as text lines begin.
func (c *Conn) String() string {
	b := make([]byte, 0, 64)
	b = append(b, c.Remote...)
	b = append(b, " - "...)
	b = c.appendID(b)
	for _, label := range []string{c.Client, c.User} {
		if label != "" {
			b = append(b, " - "...)
			b = strconv.AppendQuote(b, label)
		}
	}
	return string(b)
}

// appendID appends the kind and number.
func (c *Conn) appendID(b []byte) []byte {
	b = append(b, c.Kind...)
	b = append(b, ':')
	return strconv.AppendUint(b, c.ID, 10)
}
