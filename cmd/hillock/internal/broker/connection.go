package broker

import (
	"cmp"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// connection is the net.Conn of one client for mochi, with its limits.
type connection struct {
	net.Conn
	b       *Broker
	from    string // host:port, for the log
	address netip.Addr
	local   bool // of this machine: from loopback, or from the address that it connects to
	origin  bool // a page in a browser: it needs the join code
	id      string
	board   string // "": it may read only
	seeks   string // the board whose name a reader looks for; "": none

	out                 *outbox
	packets             *rate.Limiter
	bytes               *rate.Limiter
	head                []byte        // the CONNECT, read already
	connected, admitted bool          // guarded by mochi's goroutine, and by hosts.mu
	closed              chan struct{} // by Close
	gone                chan struct{} // after mochi's last use of the client
	once                sync.Once
	replaced            atomic.Bool // by a newer connection of the same board

	tellFast, tellSlow sync.Once
}

func (b *Broker) newConnection(c net.Conn, from net.Addr) *connection {
	l, address, factor := b.limits, addressOf(from), 1
	if !address.IsValid() {
		factor = insideFactor
	}
	return &connection{
		Conn: c, b: b, from: from.String(), address: address, local: !address.IsValid() || l.local(address) || address == addressOf(c.LocalAddr()), out: newOutbox(c, b, factor),
		packets: rate.NewLimiter(l.messages, l.messageRush), bytes: rate.NewLimiter(l.bytes, l.byteRush),
		closed: make(chan struct{}), gone: make(chan struct{}),
	}
}

// addressOf returns the IP address of one end of a connection. A connection inside the process has none.
func addressOf(a net.Addr) netip.Addr {
	at, _ := netip.ParseAddrPort(a.String())
	return at.Addr().Unmap()
}

// Read returns the CONNECT first.
func (c *connection) Read(p []byte) (int, error) {
	if len(c.head) > 0 {
		n := copy(p, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	n, err := c.Conn.Read(p)
	c.b.bytesIn.Add(int64(n))
	return n, err
}

// Write queues one packet and never waits.
func (c *connection) Write(p []byte) (int, error) {
	switch c.out.put(p) {
	case droppedFate:
		c.b.dropped.Add(1)
		c.tellSlow.Do(func() { c.refuse(ReadsTooSlowly) })
	case stuckFate:
		c.refuse(Stuck)
		c.cut()
		return 0, net.ErrClosed
	case endedFate:
		return 0, net.ErrClosed
	case queued:
		if p[0]>>4 == publish {
			c.b.messagesOut.Add(1)
		}
	}
	return len(p), nil
}

// SetDeadline sets the end of a silence. Writes have deadlines of their own.
func (c *connection) SetDeadline(t time.Time) error { return c.Conn.SetReadDeadline(t) }

// Close closes the connection after the waiting packets.
func (c *connection) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.out.end(false)
	})
	return nil
}

// cut closes the connection at once.
func (c *connection) cut() {
	c.Close()
	c.out.end(true)
}

// charge waits until the client may send so many packets and bytes. The client alone waits: its next packets stay unread.
func (c *connection) charge(packets, bytes int) bool {
	now := time.Now()
	wait := max(c.packets.ReserveN(now, min(packets, c.packets.Burst())).DelayFrom(now),
		c.bytes.ReserveN(now, min(bytes, c.bytes.Burst())).DelayFrom(now))
	if wait <= 0 {
		return true
	}
	c.tellFast.Do(func() { c.refuse(TooFast) })
	pause := time.NewTimer(wait)
	defer pause.Stop()
	select {
	case <-pause.C:
		return true
	case <-c.closed:
		return false
	}
}

func (c *connection) refuse(why Reason) { c.b.refusals.add(why, c.from, cmp.Or(c.board, c.seeks)) }
