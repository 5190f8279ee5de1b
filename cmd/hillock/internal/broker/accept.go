package broker

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

// accept accepts connections until Broker.Close.
func (b *Broker) accept() {
	for {
		c, err := b.tcp.Accept()
		switch {
		case b.joining.Err() != nil:
			if err == nil {
				c.Close()
			}
			return
		case err != nil: // without file handles, for instance: the clients in the room keep theirs
			b.refusals.add(TooManyConnections, b.Addr(), "")
			pause := time.NewTimer(100 * time.Millisecond)
			select {
			case <-pause.C:
			case <-b.joining.Done():
			}
			continue
		}
		b.begin(b.newConnection(c, c.RemoteAddr()), b.o.TLS != nil)
	}
}

// begin serves a connection in its own goroutine. It returns false beyond the limits.
func (b *Broker) begin(c *connection, encrypted bool) bool {
	if why := b.hosts.add(c); why != "" {
		c.refuse(why)
		c.cut()
		return false
	}
	go func() {
		defer b.hosts.remove(c)
		b.serve(c, encrypted)
	}()
	return true
}

// serve admits a client and runs it to its end.
func (b *Broker) serve(c *connection, encrypted bool) {
	defer c.Close()
	defer close(c.gone)
	defer func() { // a fault in a library must cost one client, not the class
		if r := recover(); r != nil {
			b.o.Logger.Error("broker: panic", "error", fmt.Sprint(r), "stack", string(debug.Stack()))
			c.refuse(Broken)
		}
	}()
	if why := b.admit(c, encrypted); why != "" {
		c.refuse(why)
		return
	}
	defer b.names.remove(c)
	b.hosts.admitted(c)
	if c.board != "" {
		b.retained.join(c.board)
		defer b.retained.leave(c.board)
	}
	c.log("joined")
	err := b.server.EstablishConnection("class", c)
	var code packets.Code
	switch {
	case c.out.wasStuck():
		c.refuse(Stuck)
	case errors.Is(err, packets.ErrRejectPacket): // counted already
	case errors.Is(err, packets.ErrPacketTooLarge):
		c.refuse(TooLarge)
	case errors.As(err, &code) && code.Code >= packets.ErrUnspecifiedError.Code:
		c.refuse(Malformed)
	}
	c.log("left", "reason", reasonOf(err))
}

// log logs a board, and at a lower level a reader.
func (c *connection) log(event string, args ...any) {
	if c.board == "" {
		c.b.o.Logger.Debug("broker: reader "+event, append([]any{"from", c.from}, args...)...)
		return
	}
	c.b.o.Logger.Info("broker: board "+event, append([]any{"board", c.board, "from", c.from}, args...)...)
}

// reasonOf returns the end of a connection for the log.
func reasonOf(err error) string {
	switch {
	case err == nil:
		return "goodbye"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "no sign of life"
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.Is(err, packets.ErrRejectPacket):
		return "refused"
	}
	return err.Error()
}
