package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"hillock/cmd/hillock/internal/trace"
)

// client is a connected WebSocket. Server.watch writes to it, and a goroutine of its own reads from it.
type client struct {
	s     *Server
	conn  *websocket.Conn
	pipe  *pipe
	may   atomic.Bool // make changes
	wrong bool        // its request to connect had a wrong token

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

// serve serves a client until its connection or the server ends.
func (c *client) serve() {
	s, conn := c.s, c.conn
	defer conn.CloseNow()
	conn.SetReadLimit(maxMessage)
	s.mu.Lock()
	c.begin(s.part, 10)
	s.clients[c] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.clients, c)
		s.mu.Unlock()
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := context.AfterFunc(s.ctx, func() {
		time.AfterFunc(farewellTime, cancel) // stops an answer under way
		c.close(websocket.StatusGoingAway, "the run has ended")
		cancel()
	})
	defer stop()
	var pings sync.WaitGroup
	pings.Go(func() {
		defer conn.CloseNow() // stops reads and writes
		defer cancel()
		s.guard(func(context.Context) { c.ping(ctx) })
	})
	c.greet()
	if c.wrong {
		c.refuse(errToken)
	}
	c.read(ctx)
	cancel()
	conn.CloseNow()
	pings.Wait()
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
	if c.pipe.behind() {
		c.owed.Store(true)
		return
	}
	may := 0
	if c.may.Load() {
		may = 1
	}
	c.s.mu.Lock()
	text := c.s.hellos[may]
	c.s.mu.Unlock()
	c.say(websocket.MessageText, text)
}

// ping drops a client without an answer.
func (c *client) ping(ctx context.Context) {
	every := time.NewTicker(pingTime)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		answer, cancel := context.WithTimeout(ctx, pingTime)
		err := c.conn.Ping(answer)
		cancel()
		if err != nil {
			return
		}
	}
}

// say sends a message. A failed write closes the connection, and the next read returns the error.
func (c *client) say(kind websocket.MessageType, b []byte) {
	_ = c.conn.Write(context.Background(), kind, b)
}

// give sends all news to the client, unless earlier messages are still in its queue. Then the news come with a later call.
func (c *client) give(p *press, on uint32, st *report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on |= on
	if c.pipe.behind() {
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
		c.say(m.kind, m.bytes)
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

// read serves the client's messages until its connection ends.
func (c *client) read(ctx context.Context) {
	messages := rate.NewLimiter(perSecond, perSecond)
	for {
		kind, text, err := c.conn.Read(ctx)
		var excess tooMuch
		switch {
		case errors.As(err, &excess):
			c.close(websocket.StatusPolicyViolation, excess.Error())
			return
		case err != nil:
			return // the library has sent the reason
		case kind != websocket.MessageText:
			c.close(websocket.StatusUnsupportedData, "a message must be text")
			return
		case !messages.Allow():
			c.close(websocket.StatusPolicyViolation, fmt.Sprintf("at most %d messages a second", perSecond))
			return
		}
		m, err := parse(text)
		if err == nil {
			err = c.take(ctx, m)
		}
		if err != nil {
			c.refuse(err)
		}
	}
}

// close sends the reason for the end of the connection, and waits at most farewellTime for the answer. The library would wait
// 5 s, and its CloseNow does not stop a Close under way.
func (c *client) close(code websocket.StatusCode, reason string) {
	t := time.AfterFunc(farewellTime, func() { c.pipe.Close() })
	defer t.Stop()
	_ = c.conn.Close(code, reason)
}

// errToken answers a wrong token.
var errToken = errors.New("wrong token")

// refusal answers a message without effect.
type refusal struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// refuse sends the reason for a refusal.
func (c *client) refuse(why error) {
	text, _ := json.Marshal(refusal{"error", why.Error()})
	c.say(websocket.MessageText, text)
}

// take carries out a message, or returns the reason against it.
func (c *client) take(ctx context.Context, m wish) error {
	switch m.Type {
	case "view":
		c.mu.Lock()
		defer c.mu.Unlock()
		c.view = &request{int64(m.PerColumn), int64(m.Columns), int64(m.End)}
		return nil
	case "auth":
		if !c.s.permits(m.Token) {
			c.s.guessed(ctx, c.pipe.RemoteAddr().String())
			return errToken
		}
		c.may.Store(true)
		c.greet()
		return nil
	}
	if !c.may.Load() {
		return errors.New("changes need the token of this run")
	}
	return c.s.change(m)
}
