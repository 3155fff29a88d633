package jwtauth

import (
	"net/netip"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"
)

// fromNetworks reports whether an address lies in one of the networks; in any if
// there are none. A peer without an address is nowhere.
func fromNetworks(networks []string, host netip.Addr) bool {
	if len(networks) == 0 {
		return true
	}
	for _, n := range networks {
		p, err := netip.ParsePrefix(strings.TrimSpace(n))
		if err == nil && host.IsValid() && p.Contains(host.Unmap()) {
			return true
		}
	}
	return false
}

func hostText(host netip.Addr) string {
	if !host.IsValid() {
		return "unknown"
	}
	return host.Unmap().String()
}

// untilWhen returns the end of the time in which a user may be connected: the
// latest of the ranges that the present lies in, zero without ranges. It is false
// if the present lies in none, or the zone is unknown.
func untilWhen(ranges []jwt.TimeRange, zone string, now time.Time) (end time.Time, ok bool) {
	if len(ranges) == 0 {
		return time.Time{}, true
	}
	at := now.Local()
	if zone != "" {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			return time.Time{}, false
		}
		at = now.In(loc)
	}
	for _, r := range ranges {
		start, err1 := clock(r.Start, at)
		stop, err2 := clock(r.End, at)
		if err1 != nil || err2 != nil {
			return time.Time{}, false
		}
		if start.After(stop) { // across midnight
			if at.Before(stop) {
				start = start.AddDate(0, 0, -1)
			} else {
				stop = stop.AddDate(0, 0, 1)
			}
		}
		if start.Before(at) && at.Before(stop) && stop.After(end) {
			end, ok = stop, true
		}
	}
	return end, ok
}

// clock is a time of day on the day of another time.
func clock(text string, day time.Time) (time.Time, error) {
	t, err := time.Parse("15:04:05", text)
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), t.Second(), 0, day.Location()), nil
}
