package broker

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"hillock/config"
)

// checkAddress refuses a wrong address, and one beyond loopback without a join code.
func checkAddress(key, address, code string) error {
	if address == "" {
		return nil
	}
	if !config.ValidListen(address) {
		return fmt.Errorf("%s: %s, got %q", key, config.ListenRule, address)
	}
	host, _, _ := net.SplitHostPort(address)
	if code == "" && !Loopback(host) {
		return fmt.Errorf("%s: %s is open to the network, and needs a join code: use 'hillock hub', or listen on %s", key, address, DefaultListen)
	}
	return nil
}

// Loopback reports whether a host is this machine alone.
func Loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// listen opens a TCP listener. The error for a used port says what to do.
func listen(key, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		_, port, _ := net.SplitHostPort(address)
		by := holder(port)
		if by == "" {
			by = "another program"
		}
		return nil, fmt.Errorf("%s: port %s is in use by %s: stop it, or choose another port: %w", key, port, by, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		host, port, _ := net.SplitHostPort(address)
		return nil, fmt.Errorf("%s: this computer has no address %s: listen on all of its addresses with :%s: %w", key, host, port, err)
	case errors.Is(err, syscall.EACCES):
		_, port, _ := net.SplitHostPort(address)
		return nil, fmt.Errorf("%s: port %s is for root: choose one above 1023, such as 1883: %w", key, port, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return l, nil
}
