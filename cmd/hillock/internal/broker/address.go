package broker

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// checkAddress refuses a wrong address, and one beyond loopback without a join code.
func checkAddress(address, code string) error {
	if address == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("net.listen: must be an address as %s, got %q", DefaultListen, address)
	}
	if code == "" && !Loopback(host) {
		return fmt.Errorf("net.listen: %s is open to the network, and needs a join code: use 'hillock hub', or listen on %s", address, DefaultListen)
	}
	return nil
}

// Loopback reports whether a host is this machine alone.
func Loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// listen opens a TCP listener. The error for a used port says what to do.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		_, port, _ := net.SplitHostPort(address)
		by := holder(port)
		if by == "" {
			by = "another program"
		}
		return nil, fmt.Errorf("net.listen: port %s is in use by %s: stop it, use it as net.broker, or set another port in net.listen: %w", port, by, err)
	case err != nil:
		return nil, fmt.Errorf("net.listen: %w", err)
	}
	return l, nil
}
