package transport

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
)

// The PROXY protocol, versions 1 and 2, as HAProxy specifies it: a load
// balancer says in front of everything else for whom it connects.

const (
	// proxyProbe is how many bytes tell whether there is a header.
	proxyProbe = 6
	// proxyLineMax is the longest version 1 header with its CRLF.
	proxyLineMax = 107
	// proxyV2Fixed is the length of the fixed part of a version 2 header.
	proxyV2Fixed = 16
	// proxyV2Max bounds the variable part: addresses and extensions.
	proxyV2Max = 4096
)

var proxyV2Signature = []byte("\r\n\r\n\x00\r\nQUIT\n")

// Errors of a PROXY header.
var (
	errNotProxy       = errors.New("no PROXY header")
	errProxyTooLong   = errors.New("PROXY header is too long")
	errProxyMalformed = errors.New("malformed PROXY header")
)

// proxyHeader is what a header says. Source is the zero value when it says
// nothing about the client: the address of the socket holds.
type proxyHeader struct{ Source netip.AddrPort }

// parseProxyHeader reads the header at the start of b. n is its length; n == 0
// without an error means that there is more to come.
func parseProxyHeader(b []byte) (h proxyHeader, n int, err error) {
	switch {
	case len(b) < proxyProbe:
		return h, 0, nil
	case bytes.HasPrefix(b, []byte("PROXY ")):
		return parseProxyV1(b)
	case bytes.HasPrefix(b, proxyV2Signature[:proxyProbe]):
		return parseProxyV2(b)
	}
	return h, 0, errNotProxy
}

// parseProxyV1 reads "PROXY TCP4 source destination sport dport\r\n".
func parseProxyV1(b []byte) (h proxyHeader, n int, err error) {
	end := bytes.IndexByte(b, '\n')
	switch {
	case end < 0 && len(b) < proxyLineMax:
		return h, 0, nil
	case end < 0 || end >= proxyLineMax:
		return h, 0, errProxyTooLong
	case end == 0 || b[end-1] != '\r':
		return h, 0, fmt.Errorf("%w: no CRLF at its end", errProxyMalformed)
	}
	f := bytes.Fields(b[:end-1])
	if len(f) >= 2 && string(f[1]) == "UNKNOWN" {
		return h, end + 1, nil
	}
	if len(f) != 6 {
		return h, 0, fmt.Errorf("%w: %d fields instead of 6", errProxyMalformed, len(f))
	}
	v6 := string(f[1]) == "TCP6"
	if !v6 && string(f[1]) != "TCP4" {
		return h, 0, fmt.Errorf("%w: unknown protocol %q", errProxyMalformed, f[1])
	}
	var ends [2]netip.AddrPort // source and destination
	for i := range ends {
		addr, err := netip.ParseAddr(string(f[2+i]))
		if err != nil || addr.Is6() != v6 {
			return h, 0, fmt.Errorf("%w: bad address %q", errProxyMalformed, f[2+i])
		}
		port, err := strconv.ParseUint(string(f[4+i]), 10, 16)
		if err != nil {
			return h, 0, fmt.Errorf("%w: bad port %q", errProxyMalformed, f[4+i])
		}
		ends[i] = netip.AddrPortFrom(addr, uint16(port))
	}
	return proxyHeader{Source: ends[0]}, end + 1, nil
}

// parseProxyV2 reads the binary header.
func parseProxyV2(b []byte) (h proxyHeader, n int, err error) {
	k := min(len(b), len(proxyV2Signature))
	if !bytes.Equal(b[:k], proxyV2Signature[:k]) {
		return h, 0, fmt.Errorf("%w: bad signature", errProxyMalformed)
	}
	if len(b) < proxyV2Fixed {
		return h, 0, nil
	}
	version, command := b[12]>>4, b[12]&0xf
	family, transport := b[13]>>4, b[13]&0xf
	size := int(binary.BigEndian.Uint16(b[14:]))
	switch {
	case version != 2:
		return h, 0, fmt.Errorf("%w: version %d", errProxyMalformed, version)
	case command > 1:
		return h, 0, fmt.Errorf("%w: unknown command %d", errProxyMalformed, command)
	case size > proxyV2Max:
		return h, 0, errProxyTooLong
	}
	n = proxyV2Fixed + size
	if len(b) < n {
		return h, 0, nil
	}
	const local, unspec, inet, inet6, stream = 0, 0, 1, 2, 1
	if command == local || family == unspec {
		return h, n, nil
	}
	if transport != stream {
		return h, 0, fmt.Errorf("%w: unsupported transport %d", errProxyMalformed, transport)
	}
	length := map[byte]int{inet: 4, inet6: 16}[family]
	if length == 0 || size < 2*length+4 {
		return h, 0, fmt.Errorf("%w: bad address of family %d", errProxyMalformed, family)
	}
	body := b[proxyV2Fixed:n]
	addr, _ := netip.AddrFromSlice(body[:length])
	h.Source = netip.AddrPortFrom(addr, binary.BigEndian.Uint16(body[2*length:]))
	return h, n, nil
}
