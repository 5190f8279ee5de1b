package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"hillock/neuron"
)

// atOnce is how many steps are taken from a tap in one piece.
const atOnce = 512

// client is one that is connected. What it is sent is made by one goroutine, what it says is read by another.
type client struct {
	s     *Server
	conn  *websocket.Conn
	may   atomic.Bool  // change something
	per   atomic.Int64 // steps to a column
	hello chan struct{}

	mu   sync.Mutex
	tap  *neuron.Tap         // the newest
	taps []*neuron.TapReader // of it, and of those before it that are not read to their end
	was  int64               // steps missed of those that are
}

// serve serves a client until it goes, or the server does.
func (s *Server) serve(conn *websocket.Conn) {
	defer conn.CloseNow()
	conn.SetReadLimit(maxMessage)
	c := &client{s: s, conn: conn, hello: make(chan struct{}, 1)}
	c.may.Store(s.o.Token == "")
	c.per.Store(10)
	s.mu.Lock()
	c.follow(s.run.Tap())
	s.clients[c] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.clients, c)
		s.mu.Unlock()
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := context.AfterFunc(s.ctx, func() { // a word of farewell, to those who hear it
		time.AfterFunc(farewellTime, cancel)
		_ = conn.Close(websocket.StatusGoingAway, "the run has ended")
		cancel()
	})
	defer stop()
	var both sync.WaitGroup
	for _, f := range []func(context.Context){c.write, c.ping} {
		both.Go(func() {
			defer conn.CloseNow() // ends the others
			defer cancel()
			s.guard(func(context.Context) { f(ctx) })
		})
	}
	c.read(ctx)
	cancel()
	conn.CloseNow()
	both.Wait()
}

// follow goes on with a tap, after those before it.
func (c *client) follow(tap *neuron.Tap) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tap != tap {
		c.tap = tap
		c.taps = append(c.taps, tap.Reader())
	}
}

// greet wants a hello sent.
func (c *client) greet() {
	select {
	case c.hello <- struct{}{}:
	default: // one is on its way
	}
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

// say sends a message, and gives the client its time to take it. A context with a deadline for each would be garbage that the
// collector stops the loop for.
func (c *client) say(kind websocket.MessageType, b []byte) error {
	late := time.AfterFunc(writeTime, c.drop)
	defer late.Stop()
	return c.conn.Write(context.Background(), kind, b)
}

func (c *client) drop() { c.conn.CloseNow() }

func (c *client) tell(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.say(websocket.MessageText, b)
}

// write sends what there is: hello, frames, the status.
func (c *client) write(ctx context.Context) {
	every := time.NewTicker(frameTime)
	defer every.Stop()
	var told *report
	var f frames
	c.greet()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-c.hello:
			h := c.s.now()
			h.Type, h.MayChange = "hello", c.may.Load()
			err = c.tell(h)
		case <-every.C:
			err = f.send(c)
			if st := c.s.status.Load(); err == nil && st != told && st != nil {
				told = st
				err = c.report(st)
			}
		}
		if err != nil {
			return
		}
	}
}

// report sends the status, which for nearly all is the same text.
func (c *client) report(r *report) error {
	missed := c.missed()
	if missed == 0 {
		return c.say(websocket.MessageText, r.text)
	}
	mine := *r.status
	mine.Missed = missed
	return c.tell(mine)
}

// frames is the state of a client's frames.
type frames struct {
	reader  *neuron.TapReader
	columns *columns
	moments []neuron.Moment
	on      uint32 // the outputs, as the client knows them
	pulses  [32]int64
}

// send sends the steps since the last time, frame by frame.
func (f *frames) send(c *client) error {
	for {
		reader, cells, more := c.reader()
		if reader != f.reader {
			f.reader = reader
			f.columns = newColumns(cells, c.per.Load(), c.frame)
			f.moments = make([]neuron.Moment, atOnce*cells)
		}
		on := c.s.run.On(&f.pulses)
		f.columns.on, f.columns.missed = on, c.missed()
		if per := c.per.Load(); per != f.columns.per {
			f.columns.change(per)
		}
		for f.columns.err == nil {
			first, n := reader.Read(f.moments)
			if n == 0 {
				break
			}
			f.columns.missed = c.missed()
			for i := range n {
				f.columns.add(first+int64(i), f.moments[i*cells:(i+1)*cells])
			}
		}
		if more {
			f.columns.change(f.columns.per) // the last column of this tap, as it is
			c.next()
			if f.columns.err == nil {
				continue
			}
		}
		f.columns.flush()
		if on != f.on && f.columns.err == nil {
			f.columns.write()
		}
		f.on = on
		return f.columns.err
	}
}

func (c *client) frame(b []byte) error { return c.say(websocket.MessageBinary, b) }

// reader is where the client's next steps come from, and whether others come after that has given its last.
func (c *client) reader() (r *neuron.TapReader, cells int, more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taps[0], c.taps[0].Cells(), len(c.taps) > 1
}

// next is done with a tap.
func (c *client) next() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.was += c.taps[0].Missed()
	c.taps = c.taps[1:]
}

// missed is how many steps the client was too slow for.
func (c *client) missed() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.was + c.taps[0].Missed()
}

// read hears what the client says, until it goes.
func (c *client) read(ctx context.Context) {
	allowed, since := float64(perSecond), time.Now()
	for {
		kind, text, err := c.conn.Read(ctx)
		if err != nil {
			return // the client has been told why
		}
		if kind != websocket.MessageText {
			c.close(websocket.StatusUnsupportedData, "a message must be text")
			return
		}
		now := time.Now()
		allowed = min(perSecond, allowed+perSecond*now.Sub(since).Seconds()) - 1
		since = now
		if allowed < 0 {
			c.close(websocket.StatusPolicyViolation, fmt.Sprintf("at most %d messages a second", perSecond))
			return
		}
		m, err := parse(text)
		if err == nil {
			err = c.take(ctx, m)
		}
		if err == nil {
			continue
		}
		if c.tell(refusal{"error", err.Error()}) != nil {
			return
		}
	}
}

// close says why it ends, without waiting long for an answer.
func (c *client) close(code websocket.StatusCode, reason string) {
	t := time.AfterFunc(farewellTime, func() { c.conn.CloseNow() })
	defer t.Stop()
	_ = c.conn.Close(code, reason)
}

// refusal is the answer to what was not done.
type refusal struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// take does what a message asks for, or says why not.
func (c *client) take(ctx context.Context, m message) error {
	switch m.Type {
	case "view":
		c.per.Store(int64(m.PerColumn))
		return nil
	case "auth":
		if !c.s.permits(m.Token) {
			select { // so that nobody gets far by guessing
			case <-ctx.Done():
			case <-time.After(guessTime):
			}
			return errors.New("the token is not the one that hillock run printed")
		}
		c.may.Store(true)
		c.greet()
		return nil
	}
	if !c.may.Load() {
		return errors.New("to change something takes the token that hillock run printed")
	}
	return c.s.change(m)
}
