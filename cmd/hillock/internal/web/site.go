package web

import (
	"context"
	"net"

	"hillock/cmd/hillock/internal/serve"
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
	l, urls, here, err := serve.Listen(addr)
	if err != nil {
		return nil, err
	}
	return &Site{URLs: urls, Loopback: here, listener: l}, nil
}

// Serve serves a run until Close. broke receives the error of a server that ends earlier.
func (s *Site) Serve(run Run, o serve.Options, broke func(error)) {
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
