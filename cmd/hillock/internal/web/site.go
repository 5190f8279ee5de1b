package web

import (
	"context"
	"fmt"
	"net"
)

// Site is a listening server. Nil is a run without a server.
type Site struct {
	URLs     []string // its addresses for browsers
	Loopback bool     // it listens on this machine alone

	listener net.Listener
	server   *Server
	stop     context.CancelFunc
	ended    chan struct{}
}

// Listen opens an address for Serve.
func Listen(addr string) (*Site, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("--web: %w: choose another address with --web=ADDRESS", err)
	}
	at := l.Addr().(*net.TCPAddr)
	return &Site{URLs: urlsOf(at), Loopback: at.IP.IsLoopback(), listener: l}, nil
}

// Serve serves a run until Close. broke receives the error of a server that ends earlier.
func (s *Site) Serve(run Run, o Options, broke func(error)) {
	o.Beyond = !s.Loopback
	s.server, s.ended = New(run, o), make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go func() {
		defer close(s.ended)
		if err := s.server.Serve(ctx, s.listener); err != nil {
			broke(err)
		}
	}()
}

// Follow switches to the run's new configuration: see Server.Follow.
func (s *Site) Follow() {
	if s != nil {
		s.server.Follow()
	}
}

// Close stops the server and waits for the end of all connections.
func (s *Site) Close() {
	if s != nil {
		s.stop()
		<-s.ended
	}
}

// urlsOf returns the URLs of a listener for other machines.
func urlsOf(at *net.TCPAddr) []string {
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
	var urls []string
	for _, h := range hosts {
		urls = append(urls, "http://"+net.JoinHostPort(h.String(), fmt.Sprint(at.Port)))
	}
	return urls
}
