// Package web serves a run to browsers: one embedded page, and a WebSocket with every spike. Neither the loop nor any client
// waits for another client. A slow client misses steps, and the server sends it their number.
//
// Every client may watch. With a token on the server, changes need that token.
//
// Locks are taken in this order. A later lock may be taken without the earlier ones:
//
//	Server.telling, Server.hands          before a call of the Run and its own locks (see session.Session)
//	client.mu, then client.greets         before a message to a client in the list
//	Server.mu                             never held during a call of the Run or of a client in the list
//	those of serve.Server and serve.Conn
//	trace.Record's                        last
//
// Server.telling and Server.hands are never held together, nor are the locks of two clients.
package web

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/trace"
)

// Server serves one run.
type Server struct {
	*serve.Server
	run   Run
	since string

	telling sync.Mutex // keeps hellos in order; the order of all locks is in the package comment

	mu      sync.Mutex
	clients map[*client]struct{}
	hello   Hello
	hellos  [2][]byte // without and with permission for changes
	part    part      // the running one

	hands  sync.Mutex // held for each turn of a knob
	sweeps map[string]*sweep
}

// Periods of messages.
const (
	statusTime = time.Second / 4
	frameTime  = time.Second / 30
)

// New returns a server for a run.
func New(run Run, o serve.Options) *Server {
	o.Protocol, o.Farewell = Protocol, "the run has ended"
	s := &Server{Server: serve.New(o), run: run, clients: map[*client]struct{}{}, sweeps: map[string]*sweep{}, since: time.Now().Format(time.RFC3339Nano)}
	s.Handle(s.routes(), s.view)
	s.part.record = run.Record()
	s.greet()
	s.Spawn(s.watch)
	return s
}

// Follow switches all clients to the run's new record and configuration, after all steps of the old record. Call it before the
// first step of the new record, and one call at a time.
func (s *Server) Follow() {
	record := s.run.Record()
	s.mu.Lock()
	s.part = part{record, s.part.number + 1}
	next, clients := s.part, slices.Collect(maps.Keys(s.clients))
	s.mu.Unlock() // before client.mu; a new client begins with the new part
	for _, c := range clients {
		c.follow(next)
	}
	s.greet()
}

// greet sends the present hello to all clients.
func (s *Server) greet() {
	for _, c := range s.renew() {
		c.greet()
	}
}

// renew stores the present hello and returns its receivers.
func (s *Server) renew() []*client {
	s.telling.Lock()
	defer s.telling.Unlock()
	h := s.run.Hello()
	s.mu.Lock()
	defer s.mu.Unlock()
	h.Type, h.Run, h.Since = "hello", s.part.number, s.since
	s.hello = h
	for i, may := range []bool{false, true} {
		h.MayChange = may
		s.hellos[i], _ = json.Marshal(h) // no error: all its numbers are finite
	}
	return slices.Collect(maps.Keys(s.clients))
}

// now returns the latest hello.
func (s *Server) now() Hello {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hello
}

// watch reads the run and sends news to each client in turn, until ctx ends.
func (s *Server) watch(ctx context.Context) {
	frames, status := time.NewTicker(frameTime), time.NewTicker(statusTime)
	defer frames.Stop()
	defer status.Stop()
	var pulses [32]int64
	var clients []*client
	p := &press{made: map[cut]frame{}, rated: map[rated]ratesText{}}
	latest := s.look()
	for {
		select {
		case <-ctx.Done():
			return
		case <-status.C:
			latest = s.look()
			continue
		case <-frames.C:
		}
		on := s.run.On(&pulses)
		s.mu.Lock()
		record := s.part.record
		clients = slices.AppendSeq(clients[:0], maps.Keys(s.clients))
		s.mu.Unlock()
		record.Look(func(int64, int64, []trace.Cell) {}) // takes the steps from the tap before it overwrites them
		for _, c := range clients {                      // in random order, so that the same clients do not always come last
			if p.printed >= maxPrinted {
				break
			}
			c.give(p, on, latest)
		}
		clear(clients)
		clear(p.made)
		clear(p.rated)
		p.printed = 0
	}
}

// report is a status and its JSON for clients without missed steps.
type report struct {
	status *Status
	text   []byte
}

// look returns the present status; nil with a number JSON cannot express.
func (s *Server) look() *report {
	st := s.run.Status()
	st.Neurons = st.Neurons[:min(len(st.Neurons), maxCells)]
	s.hands.Lock()
	for i := range st.Inputs {
		st.Inputs[i].Swept = s.sweeps[st.Inputs[i].Name] != nil
	}
	s.hands.Unlock()
	st.Type, st.Clients = "status", s.Count()
	text, err := json.Marshal(st)
	if err != nil {
		return nil
	}
	return &report{&st, text}
}
