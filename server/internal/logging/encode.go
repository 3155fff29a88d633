package logging

import (
	"strconv"
	"time"
)

// message is a line before it is formatted. Its text belongs to the caller.
type message struct {
	time   time.Time
	level  Level
	conn   *Conn
	prefix string // conn as text, with the separator
	text   []byte
}

// encoder makes lines.
type encoder struct {
	pid      int
	json     bool
	bare     bool // text alone, because syslog adds the rest
	coloured bool
	noTime   bool
	utc      bool
}

const textTime = "2006/01/02 15:04:05.000000 "

// append appends the line of m, with its line end.
func (e *encoder) append(b []byte, m *message) []byte {
	if e.utc {
		m.time = m.time.UTC()
	}
	if e.json {
		return e.appendJSON(b, m)
	}
	if !e.bare {
		b = e.appendHeader(b, m)
	}
	b = appendEscaped(b, m.prefix)
	b = appendEscaped(b, m.text)
	return append(b, '\n')
}

// appendHeader appends what stands before the message in a text line.
func (e *encoder) appendHeader(b []byte, m *message) []byte {
	b = append(b, '[')
	b = strconv.AppendInt(b, int64(e.pid), 10)
	b = append(b, "] "...)
	if !e.noTime {
		b = m.time.AppendFormat(b, textTime)
	}
	level := &levels[m.level]
	if !e.coloured {
		b = append(b, '[')
		b = append(b, level.label...)
		return append(b, "] "...)
	}
	b = append(b, "[\x1b["...)
	b = append(b, level.colour...)
	b = append(b, 'm')
	b = append(b, level.label...)
	return append(b, "\x1b[0m] "...)
}

// appendJSON appends the line as an object.
func (e *encoder) appendJSON(b []byte, m *message) []byte {
	b = append(b, '{')
	if !e.noTime {
		b = append(b, `"time":"`...)
		b = m.time.AppendFormat(b, "2006-01-02T15:04:05.000000Z07:00")
		b = append(b, `",`...)
	}
	b = append(b, `"level":"`...)
	b = append(b, levels[m.level].name...)
	b = append(b, `","pid":`...)
	b = strconv.AppendInt(b, int64(e.pid), 10)
	if m.conn != nil {
		b = append(b, `,"conn":"`...)
		b = m.conn.appendID(b)
		b = append(b, '"')
		b = appendField(b, "remote", m.conn.Remote)
		b = appendField(b, "client", m.conn.Client)
		b = appendField(b, "user", m.conn.User)
	}
	b = append(b, `,"msg":`...)
	b = appendJSONString(b, m.text)
	return append(b, "}\n"...)
}

// appendField appends a field unless it is empty.
func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":`...)
	return appendJSONString(b, value)
}
