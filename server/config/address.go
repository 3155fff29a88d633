package config

import (
	"fmt"
	"math"
	"net"
	"strconv"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

const (
	maxPort  = math.MaxUint16
	maxInt32 = math.MaxInt32
	maxInt64 = math.MaxInt64
)

// address binds a row whose value is a port, or host:port, to two fields of a T.
type address[T any] struct {
	host func(*T) *string
	port func(*T) *int
}

func (a address[T]) decode(c *cursor, target any, v *syntax.Value) {
	o := target.(*T)
	switch v.Kind {
	case syntax.KindInt:
		if why := badPort(v.Int); why != "" {
			c.errorf("%s", why)
			return
		}
		*a.port(o) = int(v.Int)
	case syntax.KindString:
		host, port, why := splitAddress(v.Str)
		if why != "" {
			c.errorf("%s", why)
			return
		}
		*a.host(o), *a.port(o) = host, port
	default:
		c.errorf("expected port or host:port, got %s", goType(v))
	}
}

// text renders the host: the port has a row of its own.
func (a address[T]) text(target any) string { return *a.host(target.(*T)) }

func (a address[T]) check(*Option, any) string { return "" }

// splitAddress splits host:port. The host may be empty. The last result says
// what is wrong, if something is.
func splitAddress(s string) (string, int, string) {
	host, digits, err := net.SplitHostPort(s)
	if err != nil {
		return "", 0, fmt.Sprintf("could not parse address string %q", s)
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		return "", 0, fmt.Sprintf("could not parse port %q", digits)
	}
	return host, port, badPort(int64(port))
}

// badPort says what is wrong with a port, or "".
func badPort(n int64) string {
	if n < -1 || n > maxPort {
		return fmt.Sprintf("invalid port %d: it should be between 0 and %d, or -1 for a random one", n, maxPort)
	}
	return ""
}
