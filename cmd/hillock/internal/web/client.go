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

// client is one that is connected. The server sends it what there is, and a goroutine of it reads what it says.
type client struct {
	s     *Server
	conn  *websocket.Conn
	pipe  *pipe
	may   atomic.Bool // change something
	wrong bool        // the token that it offered to connect

	greets sync.Mutex  // so that the newest hello comes last: after client.mu, before Server.mu
	owed   atomic.Bool // a hello

	mu     sync.Mutex // see the package's comment for the order
	parts  []part     // the newest, after those that it has not heard to their end
	per    int64      // steps to a column
	next   int64      // the first step that it has not been sent
	rated  int64      // the first step whose measured rates it has not been sent
	until  int64      // where the past ends that it asked for; 0: it hears of now
	view   *request   // what it asked for since the last time
	was    int64      // steps missed of the part before it came, less those of the parts before
	missed int64      // steps missed
	on     uint32     // outputs that were on since its last frame
	said   uint32     // what that said
	told   *report
	batch  []message
}

// message is what a client is sent.
type message struct {
	kind  websocket.MessageType
	bytes []byte
}

// serve serves a client until it goes, or the server does.
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
		time.AfterFunc(farewellTime, cancel) // ends an answer under way
		c.close(websocket.StatusGoingAway, "the run has ended")
		cancel()
	})
	defer stop()
	var pings sync.WaitGroup
	pings.Go(func() {
		defer conn.CloseNow() // ends the others
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

// begin hears of a part from now on.
func (c *client) begin(p part, per int64) {
	p.record.Look(func(next, missed int64, _ []trace.Cell) {
		c.parts, c.per, c.next, c.was = []part{p}, per, columnOf(next, per), missed
	})
}

// columnOf is the first step of the column in which one is.
func columnOf(step, per int64) int64 { return (step-1)/per*per + 1 }

// maxParts is how many parts a client that is behind is still sent: each holds the record of a run.
const maxParts = 3

// follow goes on with a part, after those before it. A client that is behind by too many misses the rest of the oldest.
func (c *client) follow(p part) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parts = append(c.parts, p); len(c.parts) <= maxParts {
		return
	}
	c.parts[0].record.Look(func(next, _ int64, _ []trace.Cell) { c.missed += max(next-c.next, 0) })
	c.nextPart()
}

// nextPart goes on with the part after the first one, which has ended.
func (c *client) nextPart() {
	c.parts, c.next, c.rated, c.until, c.was = slices.Delete(c.parts, 0, 1), 1, 0, 0, -c.missed
}

// greet tells it what runs: one that is behind later, and once for all that changes meanwhile.
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

// ping drops a client that is dead, or does not read.
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

// say sends a message. One that cannot be sent has closed the connection, which who reads it finds.
func (c *client) say(kind websocket.MessageType, b []byte) {
	_ = c.conn.Write(context.Background(), kind, b)
}

// give sends it what it has not heard yet, unless it still takes what it was sent before: then it hears of all at a later time.
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

// frames adds those of the steps since the last time, until they have maxFrame bytes: the rest comes next time.
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

// request is what a client asked to see.
type request struct {
	per     int64 // steps to a column
	columns int64 // so many of the past
	end     int64 // before this step; 0: now
}

// look goes on as the client asked for.
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

// report is the status, which for nearly all is the same text.
func (c *client) report(r *report) message {
	if c.missed == 0 {
		return message{websocket.MessageText, r.text}
	}
	mine := *r.status
	mine.Missed = c.missed
	text, _ := json.Marshal(mine) // as it was once before
	return message{websocket.MessageText, text}
}

// read hears what the client says, until it goes.
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
			return // the client has been told why
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

// close tells the client why its connection ends, and waits at most farewellTime for its answer. The library would wait 5 s: its
// CloseNow ends no Close under way.
func (c *client) close(code websocket.StatusCode, reason string) {
	t := time.AfterFunc(farewellTime, func() { c.pipe.Close() })
	defer t.Stop()
	_ = c.conn.Close(code, reason)
}

// errToken is the answer to a wrong token.
var errToken = errors.New("wrong token")

// refusal is the answer to what was not done.
type refusal struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// refuse tells the client why something was not done.
func (c *client) refuse(why error) {
	text, _ := json.Marshal(refusal{"error", why.Error()})
	c.say(websocket.MessageText, text)
}

// take does what a message asks for, or says why not.
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
		return errors.New("a change needs the token of this run")
	}
	return c.s.change(m)
}
