package web

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// What is kept in memory for clients that do not read, beside what the system keeps.
const (
	maxQueued  = 256 << 10 // bytes for one client, and the message that passes this
	maxBacklog = 16 << 20  // bytes for all
)

// errBehind is the error of a write to a client that has left too much unread. The client is dropped.
var errBehind = errors.New("the client does not read what it is sent")

// backlog is what all pipes queue together, in bytes.
type backlog struct{ n atomic.Int64 }

// take reports whether so many bytes more may be queued, and counts them.
func (b *backlog) take(n int) bool {
	if b.n.Add(int64(n)) > maxBacklog {
		b.n.Add(-int64(n))
		return false
	}
	return true
}

func (b *backlog) give(n int) { b.n.Add(-int64(n)) }

// pipe is a connection. Once it is eager, a Write to it does not wait: it keeps what the system does not take at once, within
// maxQueued and maxBacklog, and a goroutine hands that over as the reader makes room. Were each client's messages written by a
// goroutine of its own, two hundred would be woken thirty times a second, and the loop would have to wait for its place among
// them.
type pipe struct {
	net.Conn
	from   *host
	leave  func() // gives the place of the connection back, once
	queue  *backlog
	drains sync.WaitGroup
	meter  atomic.Pointer[meter] // of what comes in, once it is eager

	mu     sync.Mutex // before hosts.mu, after all other locks of the server
	eager  bool
	busy   bool   // it is handed over
	rest   []byte // after what is handed over
	queued int    // bytes: rest, and what is handed over
	err    error

	closing bool // when all is handed over
}

// pipeListener makes pipes of what comes in, within the limits of hosts.
type pipeListener struct {
	net.Listener
	hosts *hosts
	queue *backlog
	pace  *rate.Limiter
}

func newPipeListener(l net.Listener, h *hosts) pipeListener {
	return pipeListener{l, h, new(backlog), rate.NewLimiter(acceptsEach, acceptsAtOnce)}
}

// busyAnswer is the answer to a connection beyond the limits, whatever it asks for.
const busyAnswer = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

// Accept implements net.Listener. It answers and closes connections beyond the limits itself.
func (l pipeListener) Accept() (net.Conn, error) {
	for {
		time.Sleep(l.pace.Reserve().Delay()) // the system keeps those that wait, and refuses them when they are many
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := l.hosts.connect(c.RemoteAddr())
		if from == nil {
			_, _ = atOnce(c, []byte(busyAnswer)) // nobody may be there to read it
			c.Close()
			continue
		}
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetWriteBuffer(outgoing) // it is a wish
		}
		return &pipe{Conn: c, from: from, queue: l.queue, leave: sync.OnceFunc(func() { l.hosts.disconnect(from) })}, nil
	}
}

// shut closes the connection.
func (p *pipe) shut() error {
	p.leave()
	return p.Conn.Close()
}

// pipeKey is that of the pipe of a request.
type pipeKey struct{}

func withPipe(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, pipeKey{}, c)
}

// Read implements net.Conn. What an eager pipe reads is counted; its error is a tooMuch where that is beyond a limit.
func (p *pipe) Read(b []byte) (int, error) {
	if m := p.meter.Load(); m != nil && m.exceeded != nil { // by what was read before
		return 0, m.exceeded
	}
	n, err := p.Conn.Read(b)
	if m := p.meter.Load(); m != nil && n > 0 { // it may have become eager meanwhile
		if err := m.take(b[:n]); err != nil {
			p.from.charge(floodPrice)
			return 0, err
		}
	}
	return n, err
}

// pipeOf is the pipe of a request.
func pipeOf(r *http.Request) *pipe { return r.Context().Value(pipeKey{}).(*pipe) }

// Write implements net.Conn. An error closes the connection.
func (p *pipe) Write(b []byte) (n int, err error) {
	p.mu.Lock()
	if !p.eager {
		p.mu.Unlock()
		return p.Conn.Write(b)
	}
	defer p.mu.Unlock()
	if p.err == nil && !p.busy {
		n, p.err = atOnce(p.Conn, b)
	}
	if p.err == nil && n < len(b) {
		p.err = p.enqueue(b[n:])
	}
	if p.err != nil {
		p.shut()
		return n, p.err
	}
	return len(b), nil
}

// enqueue keeps bytes until the reader makes room, within the limits.
func (p *pipe) enqueue(b []byte) error {
	if p.queued >= maxQueued || !p.queue.take(len(b)) {
		return errBehind
	}
	p.queued += len(b)
	p.rest = append(p.rest, b...)
	if !p.busy {
		p.busy = true
		p.drains.Go(p.drain)
	}
	return nil
}

// drain hands over what there is, until all of it is.
func (p *pipe) drain() {
	for b := p.next(); b != nil; b = p.next() {
		_, err := p.Conn.Write(b)
		if p.took(len(b), err); err != nil {
			p.shut()
			return
		}
	}
}

// took counts what was handed over, or with an error all that never will be.
func (p *pipe) took(n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.err = errors.Join(p.err, err)
		p.rest, n = nil, p.queued
	}
	p.queued -= n
	p.queue.give(n)
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
		p.shut()
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
		return p.shut()
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

// hasten makes it eager, and counts what comes in: first what was read before.
func (p *pipe) hasten(read []byte) error {
	m := newMeter()
	p.meter.Store(m)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eager = true
	return m.take(read)
}

// hijacker hands the connection of a request over to the WebSocket library as an eager pipe.
type hijacker struct {
	http.ResponseWriter
	p *pipe
}

// Hijack implements http.Hijacker. The reader may hold frames of a client that did not wait for the answer: they count too, and
// the meter has to see every frame from its first byte on.
func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	read, _ := rw.Reader.Peek(rw.Reader.Buffered()) // no error: it is there
	_ = h.p.hasten(read)                            // the next read has the error
	return c, rw, nil
}

// behind tells that something is still handed over, or that nothing can be.
func (p *pipe) behind() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.busy || p.err != nil
}
