package config

import (
	"math"
	"strconv"
	"time"

	"github.com/dunlin-mq/dunlin/server/config/syntax"
)

// durationKind reads a duration string, or a number of seconds with a warning.
var durationKind = &kind[time.Duration]{
	parse: func(c *cursor, v *syntax.Value) (time.Duration, bool) {
		switch v.Kind {
		case syntax.KindString:
			return parseDuration(c, v)
		case syntax.KindInt:
			c.warnf("invalid use of field %q: %s should be converted to a duration", c.key, c.key)
			return wholeSeconds(c, v.Int)
		default:
			c.mistyped(`a duration such as "2m"`, v)
			return 0, false
		}
	},
	format: time.Duration.String,
	check:  notNegative,
}

// lameDuckKind reads the total time of a lame duck shutdown. The minimum is for
// files only: who builds [Options] in memory knows why it is shorter there.
var lameDuckKind = &kind[time.Duration]{
	parse: func(c *cursor, v *syntax.Value) (time.Duration, bool) {
		d, ok := durationString(c, v)
		if ok && d < minLameDuck {
			c.errorf("invalid %s of %s, minimum is 30 seconds", c.key, d)
			ok = false
		}
		return d, ok
	},
	format: time.Duration.String,
	check:  notNegative,
}

// minLameDuck keeps a shutdown slow enough for clients to move one by one.
const minLameDuck = 30 * time.Second

// graceKind reads how long lame duck mode waits before it closes anyone.
var graceKind = &kind[time.Duration]{
	parse:  durationString,
	format: time.Duration.String,
	check: func(_ *Option, key string, d time.Duration) string {
		if d < 0 {
			return "invalid " + key + ", needs to be positive"
		}
		return ""
	},
}

// durationString reads durations that were never numbers of seconds. An
// unquoted 2m is 2,000,000, which the message explains.
func durationString(c *cursor, v *syntax.Value) (time.Duration, bool) {
	if v.Kind != syntax.KindString {
		c.mistyped(`a duration in quotes such as "2m"`, v)
		return 0, false
	}
	return parseDuration(c, v)
}

func parseDuration(c *cursor, v *syntax.Value) (time.Duration, bool) {
	d, err := time.ParseDuration(v.Str)
	if err != nil {
		c.errorf("error parsing %s: %v", c.key, err)
		return 0, false
	}
	return d, true
}

// wholeSeconds turns a number of seconds into a duration if there is one.
func wholeSeconds(c *cursor, n int64) (time.Duration, bool) {
	const most = int64(math.MaxInt64 / time.Second)
	if n > most || n < -most {
		c.errorf("%s value is too big: %d seconds", c.key, n)
		return 0, false
	}
	return time.Duration(n) * time.Second, true
}

// notNegative is the bound of most durations.
func notNegative(_ *Option, key string, d time.Duration) string {
	if d < 0 {
		return key + " can not be negative"
	}
	return ""
}

// secondsText renders a duration as a number of seconds, fractions included.
func secondsText(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'g', -1, 64)
}
