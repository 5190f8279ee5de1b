package serve

import (
	"fmt"
	"net"
)

// Listen opens an address for Serve. It returns the addresses for browsers, and whether this machine alone can connect.
func Listen(addr string) (l net.Listener, urls []string, here bool, err error) {
	l, err = net.Listen("tcp", addr)
	if err != nil {
		return nil, nil, false, fmt.Errorf("--web: %w: choose another address with --web=ADDRESS", err)
	}
	at := l.Addr().(*net.TCPAddr)
	return l, urlsOf(at), at.IP.IsLoopback(), nil
}

// urlsOf returns the URLs of a listener for other machines.
func urlsOf(at *net.TCPAddr) (urls []string) {
	for _, host := range HostsOf(at) {
		urls = append(urls, "http://"+host)
	}
	return urls
}

// HostsOf returns the addresses of a listener for other machines, with its port. Those of IPv4 come first.
func HostsOf(at *net.TCPAddr) (all []string) {
	hosts := []net.IP{at.IP}
	if at.IP.IsUnspecified() {
		hosts = nil
		addrs, _ := net.InterfaceAddrs() // on an error loopback remains
		for _, v4 := range []bool{true, false} {
			for _, a := range addrs {
				if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() && (n.IP.To4() != nil) == v4 {
					hosts = append(hosts, n.IP)
				}
			}
		}
	}
	if len(hosts) == 0 {
		hosts = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	for _, h := range hosts {
		all = append(all, net.JoinHostPort(h.String(), fmt.Sprint(at.Port)))
	}
	return all
}
