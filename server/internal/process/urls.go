package process

import (
	"net"
	"strconv"
)

// URLs returns where a listener can be reached: the host itself, or, when it
// listens on all addresses, the loopback ones first and then those of every
// interface.
func URLs(scheme, host string, port int) []string {
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsUnspecified() {
		return []string{scheme + "://" + net.JoinHostPort(host, strconv.Itoa(port))}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		addrs = []net.Addr{&net.IPNet{IP: net.IPv4(127, 0, 0, 1)}}
	}
	var loopback, rest []string
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.IsLinkLocalUnicast() {
			continue
		}
		url := scheme + "://" + net.JoinHostPort(n.IP.String(), strconv.Itoa(port))
		if n.IP.IsLoopback() {
			loopback = append(loopback, url)
		} else {
			rest = append(rest, url)
		}
	}
	return append(loopback, rest...)
}
