package web

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/trace"
)

// client is a connected WebSocket. Server.watch writes to it, and a goroutine of its own reads from it.
type client struct {
	*serve.Conn
	s *Server

	greets sync.Mutex  // keeps hellos in order: after client.mu, before Server.mu
	owed   atomic.Bool // a hello

	mu     sync.Mutex // for the order see the package comment
	parts  []part     // unfinished ones, oldest first; the last one runs
	per    int64      // steps per column
	next   int64      // the first unsent step
	rated  int64      // measured rates of earlier steps are sent
	until  int64      // end of the requested past; 0: the present
	view   *request   // not yet served
	was    int64      // missed steps before it connected, less the missed steps of earlier parts
	missed int64      // steps
	on     uint32     // outputs on since its last frame
	said   uint32     // outputs in its last frame
	told   *report
	batch  []message
}

// message is a message to a client.
type message struct {
	kind  websocket.MessageType
	bytes []byte
}

// view serves a client until its connection or the server ends.
func (s *Server) view(conn *serve.Conn) {
	c := &client{s: s, Conn: conn}
	s.mu.Lock()
	c.begin(s.part, 10)
	s.clients[c] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.clients, c)
		s.mu.Unlock()
	}()
	conn.Serve(c.greet, c.take)
}

// begin starts with the present step of a part.
func (c *client) begin(p part, per int64) {
	p.record.Look(func(next, missed int64, _ []trace.Cell) {
		c.parts, c.per, c.next, c.was = []part{p}, per, columnOf(next, per), missed
	})
}

// columnOf returns the first step of the column with a step.
func columnOf(step, per int64) int64 { return (step-1)/per*per + 1 }

// maxParts limits the unfinished parts of a slow client: each holds the record of a run.
const maxParts = 3

// follow appends a part. Beyond maxParts the client misses the rest of its oldest part.
func (c *client) follow(p part) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parts = append(c.parts, p); len(c.parts) <= maxParts {
		return
	}
	c.parts[0].record.Look(func(next, _ int64, _ []trace.Cell) { c.missed += max(next-c.next, 0) })
	c.nextPart()
}

// nextPart drops the first part after its end.
func (c *client) nextPart() {
	c.parts, c.next, c.rated, c.until, c.was = slices.Delete(c.parts, 0, 1), 1, 0, 0, -c.missed
}

// greet sends the latest hello. A slow client gets it later, once for all changes until then.
func (c *client) greet() {
	c.greets.Lock()
	defer c.greets.Unlock()
	if c.Behind() {
		c.owed.Store(true)
		return
	}
	may := 0
	if c.MayChange() {
		may = 1
	}
	c.s.mu.Lock()
	text := c.s.hellos[may]
	c.s.mu.Unlock()
	c.Say(websocket.MessageText, text)
}

// give sends all news to the client, unless earlier messages are still in its queue. Then the news come with a later call.
func (c *client) give(p *press, on uint32, st *report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on |= on
	if c.Behind() {
		return
	}
	if c.owed.CompareAndSwap(true, false) {
		c.greet()
	}
	c.batch = c.frames(p, c.batch[:0])
	if st != nil && st != c.told {
		c.told = st
		c.batch = append(c.batch, c.report(st))
		text, next := p.rates(c.parts[0], c.rated)
		if c.rated = next; text != nil {
			c.batch = append(c.batch, message{websocket.MessageText, text})
		}
	}
	for _, m := range c.batch {
		c.Say(m.kind, m.bytes)
	}
	clear(c.batch)
}

// frames appends the frames of the unsent steps, up to maxFrame bytes. The rest follows with the next call.
func (c *client) frames(p *press, out []message) []message {
	c.look()
	for size := 0; size < maxFrame; {
		ended := len(c.parts) > 1
		f := p.frame(cut{c.parts[0], c.next, c.per, c.until, c.on}, ended)
		c.missed = f.missed - c.was
		if f.columns > 0 || c.on != c.said {
			out = append(out, message{websocket.MessageBinary, f.missing(c.missed)})
			size += len(f.bytes)
			c.said = c.on
		}
		c.on, c.next = 0, f.next
		switch {
		case f.rest:
			return out
		case c.until > 0 && !ended:
			c.until = 0
			c.parts[0].record.Look(func(next, _ int64, _ []trace.Cell) { c.next = max(c.next, columnOf(next, c.per)) })
			return out
		case !ended:
			return out
		}
		c.nextPart()
	}
	return out
}

// request is the time base and the past of a "view" message.
type request struct {
	per     int64 // steps per column
	columns int64 // of the past
	end     int64 // of the past, a step; 0: the present
}

// look applies the client's latest request.
func (c *client) look() {
	if c.view == nil {
		return
	}
	v := *c.view
	c.view, c.per, c.until = nil, v.per, 0
	c.parts[0].record.Look(func(next, _ int64, _ []trace.Cell) {
		end := next
		if v.end > 0 && v.end < next {
			end, c.until = v.end, v.end
		}
		if v.columns > 0 {
			c.next = end - v.columns*v.per
		}
	})
	c.next = columnOf(max(c.next, 1), c.per)
}

// report returns the status as a message. Clients without missed steps share one text.
func (c *client) report(r *report) message {
	if c.missed == 0 {
		return message{websocket.MessageText, r.text}
	}
	mine := *r.status
	mine.Missed = c.missed
	text, _ := json.Marshal(mine) // no error: it was marshaled before
	return message{websocket.MessageText, text}
}

// take carries out a message, or returns the reason against it.
func (c *client) take(ctx context.Context, text []byte) error {
	m, err := parse(text)
	if err != nil {
		return err
	}
	switch m.Type {
	case "view":
		c.mu.Lock()
		defer c.mu.Unlock()
		c.view = &request{int64(m.PerColumn), int64(m.Columns), int64(m.End)}
		return nil
	case "auth":
		if err := c.Unlock(ctx, m.Token); err != nil {
			return err
		}
		c.greet()
		return nil
	}
	if !c.MayChange() {
		return errors.New("changes need the token of this run")
	}
	return c.s.change(m)
}
