package web

import (
	"context"
	"net"
	"sync"
	"time"
)

// pipe is a connection. Once it is eager, a Write to it does not wait: it keeps what the system does not take at once, and a
// goroutine hands that over as the reader makes room. Were each client's messages written by a goroutine of its own, two
// hundred would be woken thirty times a second, and the loop would have to wait for its place among them.
type pipe struct {
	net.Conn
	drains sync.WaitGroup

	mu    sync.Mutex
	eager bool
	busy  bool   // it is handed over
	rest  []byte // after what is handed over
	err   error

	closing bool // when all is handed over
}

// pipeListener makes pipes of what comes in.
type pipeListener struct{ net.Listener }

func (l pipeListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetWriteBuffer(outgoing) // it is a wish
	}
	return &pipe{Conn: c}, nil
}

// pipeKey is that of the pipe of a request.
type pipeKey struct{}

func withPipe(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, pipeKey{}, c)
}

// Write implements net.Conn. An error closes the connection.
func (p *pipe) Write(b []byte) (n int, err error) {
	p.mu.Lock()
	if !p.eager {
		p.mu.Unlock()
		return p.Conn.Write(b)
	}
	defer p.mu.Unlock()
	if p.err == nil && !p.busy {
		if n, p.err = atOnce(p.Conn, b); p.err != nil {
			p.Conn.Close()
		}
	}
	if p.err != nil {
		return n, p.err
	}
	if p.rest = append(p.rest, b[n:]...); len(p.rest) > 0 && !p.busy {
		p.busy = true
		p.drains.Go(p.drain)
	}
	return len(b), nil
}

// drain hands over what there is, until all of it is.
func (p *pipe) drain() {
	for {
		b := p.next()
		if b == nil {
			return
		}
		if _, err := p.Conn.Write(b); err != nil {
			p.mu.Lock()
			p.err = err
			p.mu.Unlock()
			p.Conn.Close()
			return
		}
	}
}

// next is what is handed over next, nil where there is nothing.
func (p *pipe) next() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.rest
	p.rest = nil
	switch {
	case len(b) == 0 && p.closing:
		p.err = net.ErrClosed
		p.Conn.Close()
	case len(b) == 0:
		p.busy = false
		_ = p.SetWriteDeadline(time.Time{})
	case !p.closing:
		_ = p.SetWriteDeadline(time.Now().Add(writeTime)) // where it cannot be set the connection is closed
	}
	return b
}

// Close implements net.Conn. What is still handed over, as the word why it ends, has a moment for that.
func (p *pipe) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.busy || p.err != nil {
		return p.Conn.Close()
	}
	if !p.closing {
		p.closing = true
		_ = p.SetWriteDeadline(time.Now().Add(farewellTime))
	}
	return p.SetReadDeadline(time.Now())
}

// CloseWrite ends what is written, so that who sent too much still reads why it was refused: net/http asks for it.
func (p *pipe) CloseWrite() error {
	if c, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// hasten makes it eager.
func (p *pipe) hasten() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eager = true
}

// behind tells that something is still handed over, or that nothing can be.
func (p *pipe) behind() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.busy || p.err != nil
}
