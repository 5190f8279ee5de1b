package web

import (
	"context"
	"fmt"
	"net"
)

// Site is a server that listens. Nil is a run without one.
type Site struct {
	URLs     []string // where browsers find it
	Loopback bool     // this machine alone does

	listener net.Listener
	server   *Server
	stop     context.CancelFunc
	ended    chan struct{}
}

// Listen opens an address, for Serve.
func Listen(addr string) (*Site, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("--web: %w: --web=ADDRESS takes another address", err)
	}
	at := l.Addr().(*net.TCPAddr)
	return &Site{URLs: urlsOf(at), Loopback: at.IP.IsLoopback(), listener: l}, nil
}

// Serve shows a run until the site is closed. broke is told where the server ends before.
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

// Follow goes on with the configuration that the run has changed to: see Server.Follow.
func (s *Site) Follow() {
	if s != nil {
		s.server.Follow()
	}
}

// Close ends the server, and returns when nobody looks at the run any more.
func (s *Site) Close() {
	if s != nil {
		s.stop()
		<-s.ended
	}
}

// urlsOf are where others find what listens at an address.
func urlsOf(at *net.TCPAddr) []string {
	hosts := []net.IP{at.IP}
	if at.IP.IsUnspecified() {
		hosts = nil
		addrs, _ := net.InterfaceAddrs() // without any there is still the machine itself
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
