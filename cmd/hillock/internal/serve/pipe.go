package serve

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

// Limits of the queues for slow clients, beyond the system's own buffers.
const (
	maxQueued  = 256 << 10 // bytes for one client, plus the message beyond it
	maxBacklog = 16 << 20  // bytes for all
)

// errBehind is the error of a write to a client with a full queue. The client is dropped.
var errBehind = errors.New("the client reads too slowly")

// backlog counts the queued bytes of all pipes.
type backlog struct{ n atomic.Int64 }

// take counts n more bytes, and reports whether they may be queued.
func (b *backlog) take(n int) bool {
	if b.n.Add(int64(n)) > maxBacklog {
		b.n.Add(-int64(n))
		return false
	}
	return true
}

func (b *backlog) give(n int) { b.n.Add(-int64(n)) }

// pipe is a connection. A Write to an eager pipe does not wait. It queues the rest of a partial write, within maxQueued and
// maxBacklog, and a goroutine drains the queue. A writing goroutine for every client would cost more: thirty times a second two
// hundred of them would wake up and compete with the loop.
type pipe struct {
	net.Conn
	from   *host
	leave  func() // frees the connection's place, once
	queue  *backlog
	drains sync.WaitGroup
	meter  atomic.Pointer[meter] // of received bytes; nil before the pipe is eager

	mu     sync.Mutex // before hosts.mu, after all other locks of the server
	eager  bool
	busy   bool   // drain is running
	rest   []byte // queued, and not yet taken by drain
	queued int    // bytes in rest and in drain
	err    error

	closing bool // after the last queued byte
}

// pipeListener accepts connections as pipes, within the limits of hosts.
type pipeListener struct {
	net.Listener
	hosts *hosts
	queue *backlog
	pace  *rate.Limiter
}

func newPipeListener(l net.Listener, h *hosts) pipeListener {
	return pipeListener{l, h, new(backlog), rate.NewLimiter(acceptsEach, acceptsAtOnce)}
}

// busyAnswer answers any request on a connection beyond the limits.
const busyAnswer = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

// Accept implements net.Listener. It answers and closes connections beyond the limits itself.
func (l pipeListener) Accept() (net.Conn, error) {
	for {
		time.Sleep(l.pace.Reserve().Delay()) // meanwhile the system queues connections, and refuses them beyond its own limit
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := l.hosts.connect(c.RemoteAddr())
		if from == nil {
			_, _ = atOnce(c, []byte(busyAnswer)) // the client may be gone
			c.Close()
			continue
		}
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetWriteBuffer(outgoing) // the system may choose another size
		}
		return &pipe{Conn: c, from: from, queue: l.queue, leave: sync.OnceFunc(func() { l.hosts.disconnect(from) })}, nil
	}
}

// shut closes the connection.
func (p *pipe) shut() error {
	p.leave()
	return p.Conn.Close()
}

// pipeKey is the context key of a request's pipe.
type pipeKey struct{}

func withPipe(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, pipeKey{}, c)
}

// Read implements net.Conn. An eager pipe counts what it reads, and returns a tooMuch beyond a limit.
func (p *pipe) Read(b []byte) (int, error) {
	if m := p.meter.Load(); m != nil && m.exceeded != nil { // by earlier bytes
		return 0, m.exceeded
	}
	n, err := p.Conn.Read(b)
	if m := p.meter.Load(); m != nil && n > 0 { // the pipe may have become eager during the read
		if err := m.take(b[:n]); err != nil {
			p.from.charge(floodPrice)
			return 0, err
		}
	}
	return n, err
}

// pipeOf returns the pipe of a request.
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

// enqueue queues bytes within the limits.
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

// drain writes queued bytes until the queue is empty.
func (p *pipe) drain() {
	for b := p.next(); b != nil; b = p.next() {
		_, err := p.Conn.Write(b)
		if p.took(len(b), err); err != nil {
			p.shut()
			return
		}
	}
}

// took counts n written bytes; with an error it drops the whole queue.
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

// next returns the queued bytes, nil for an empty queue.
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
		_ = p.SetWriteDeadline(time.Now().Add(writeTime)) // an error means a closed connection
	}
	return b
}

// Close implements net.Conn. Queued bytes, such as the reason for the end, have FarewellTime left.
func (p *pipe) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.busy || p.err != nil {
		return p.shut()
	}
	if !p.closing {
		p.closing = true
		_ = p.SetWriteDeadline(time.Now().Add(FarewellTime))
	}
	return p.SetReadDeadline(time.Now())
}

// CloseWrite closes the sending side alone. net/http calls it so that a client with too large a request still reads the answer.
func (p *pipe) CloseWrite() error {
	if c, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// hasten makes the pipe eager and begins to count received bytes, first the ones already read.
func (p *pipe) hasten(read []byte) error {
	m := newMeter()
	p.meter.Store(m)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eager = true
	return m.take(read)
}

// hijacker gives the WebSocket library the connection of a request as an eager pipe.
type hijacker struct {
	http.ResponseWriter
	p *pipe
}

// Hijack implements http.Hijacker. The reader may hold early frames, sent before the answer. They count too: the meter needs every
// frame from its first byte.
func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	read, _ := rw.Reader.Peek(rw.Reader.Buffered()) // no error: the bytes are buffered
	_ = h.p.hasten(read)                            // the next read has the error
	return c, rw, nil
}

// behind reports whether bytes are queued or the pipe has failed.
func (p *pipe) behind() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.busy || p.err != nil
}
