package memconn

import (
	"net"
	"time"
)

// addr is the address of both ends.
type addr struct{}

func (addr) Network() string { return "mem" }
func (addr) String() string  { return "mem" }

// nothing is a connection with nothing to read that takes every deadline.
type nothing struct{}

func (nothing) Close() error                     { return nil }
func (nothing) LocalAddr() net.Addr              { return addr{} }
func (nothing) RemoteAddr() net.Addr             { return addr{} }
func (nothing) SetDeadline(time.Time) error      { return nil }
func (nothing) SetReadDeadline(time.Time) error  { return nil }
func (nothing) SetWriteDeadline(time.Time) error { return nil }
