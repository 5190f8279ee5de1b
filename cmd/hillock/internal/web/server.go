// Package web shows a run in a browser: one page that is part of the program, and a WebSocket with every spike of it. It never
// waits for the loop, nor lets the loop or one client wait for another: who is too slow misses steps, and is told how many.
//
// Everybody who reaches the server may watch. A change needs the token, where the server has one.
//
// Locks are taken in this order, and the later ones may be taken without the earlier ones:
//
//	Server.telling, Server.hands          before a call of the Run, which has locks of its own (see session.Session)
//	client.mu, then client.greets         before anything is sent to a client that is in the list
//	Server.mu                             never held while the Run is called, or a client that is in the list
//	pipe.mu, then hosts.mu                nothing else is called under them but the connection and its rate limits
//	trace.Record's, guesses.mu            the last
//
// Server.telling and Server.hands are never held together, nor are the locks of two clients.
package web

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hillock/cmd/hillock/internal/trace"
)

// Options of a Server.
type Options struct {
	Clients int // at most so many at a time
	// PerAddress limits the clients of one IP address; 0 stands for Clients. A client with the token is beyond this limit.
	PerAddress int
	Token      string // that a change needs; "" where it needs none
	Beyond     bool   // the server listens beyond loopback, where any name of the host may be right

	// WrongTokens is told how many wrong tokens came since it was called before, at most once in guessTime, and from where the
	// latest. It may block its caller.
	WrongTokens func(n int, from string)
}

// Server shows a run.
type Server struct {
	run   Run
	o     Options
	pages map[string]http.Handler
	since string

	telling sync.Mutex // so that the newest hello is kept; the order of all locks is in the package comment

	mu      sync.Mutex
	clients map[*client]struct{}
	places  int // taken by clients
	hello   Hello
	hellos  [2][]byte // to those who may not change it, and to those who may
	part    part      // that runs now

	guesses guesses

	hosts    *hosts
	handlers chan struct{} // has room for the requests that are answered at a time

	hands  sync.Mutex // at the knobs
	sweeps map[string]*sweep

	ctx    context.Context
	cancel context.CancelFunc
	joined sync.WaitGroup
	broke  atomic.Pointer[error] // a panic
}

// What a client has time for, and how often it hears of what.
const (
	headerTime   = 5 * time.Second
	requestTime  = 30 * time.Second
	idleTime     = 15 * time.Second // beyond the 10 s of a page that tries again
	writeTime    = 5 * time.Second  // for what it has not taken at once: beyond it a client is dropped
	pingTime     = 10 * time.Second
	handlerTime  = time.Second // for a request to wait for its turn
	guessTime    = time.Second // for a wrong token, before the next may be tried
	statusTime   = time.Second / 4
	frameTime    = time.Second / 30
	farewellTime = 100 * time.Millisecond

	maxHeader   = 8 << 10
	maxMessage  = 4 << 10
	maxHandlers = 8        // requests that are answered at a time, beside WebSockets
	outgoing    = 64 << 10 // bytes that the system keeps for a client that does not read
)

// New returns a server of a run.
func New(run Run, o Options) *Server {
	if o.PerAddress == 0 {
		o.PerAddress = o.Clients
	}
	s := &Server{run: run, o: o, hosts: newHosts(o), handlers: make(chan struct{}, maxHandlers), clients: map[*client]struct{}{}, sweeps: map[string]*sweep{}, since: time.Now().Format(time.RFC3339Nano)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.pages = s.routes()
	s.part.record = run.Record()
	s.greet()
	return s
}

// Serve serves until ctx ends or the listener breaks, and then closes the listener and all clients. It may be called once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: s, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader, ErrorLog: log.New(io.Discard, "", 0),
		ConnContext: withPipe,
	}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	s.spawn(s.watch)
	err := srv.Serve(newPipeListener(l, s.hosts))
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	s.cancel()
	srv.Close()
	s.joined.Wait()
	if broke := s.broke.Load(); broke != nil {
		err = errors.Join(err, *broke)
	}
	return err
}

// spawn runs a goroutine of the server, that Serve joins. A panic in it ends the server and not the neuron.
func (s *Server) spawn(f func(context.Context)) {
	s.joined.Go(func() { s.guard(f) })
}

func (s *Server) guard(f func(context.Context)) {
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("web: panic: %v\n%s", p, debug.Stack())
			s.broke.CompareAndSwap(nil, &err)
			s.cancel()
		}
	}()
	f(s.ctx)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	// Without inline scripts and styles, from here alone, in nobody's frame.
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if loopback(r.Host) { // browsers trust no other origin without TLS: they ignore the policy and report an error
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	page := s.pages[r.URL.Path]
	switch {
	case !pipeOf(r).from.calls.Allow():
		tooBusy(w, http.StatusTooManyRequests, "1", "too many requests come from this address")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
	case !s.addressed(r.Host):
		http.Error(w, "this is not the host that was asked for", http.StatusMisdirectedRequest)
	case page == nil:
		http.Error(w, "there is no such page", http.StatusNotFound)
	case r.URL.Path == "/ws": // it lasts
		page.ServeHTTP(w, r)
	default:
		s.answer(page, w, r)
	}
}

// answer answers a request in its turn.
func (s *Server) answer(page http.Handler, w http.ResponseWriter, r *http.Request) {
	patience := time.NewTimer(handlerTime)
	defer patience.Stop()
	select {
	case s.handlers <- struct{}{}:
		defer func() { <-s.handlers }()
		page.ServeHTTP(w, r)
	case <-patience.C:
		tooBusy(w, http.StatusServiceUnavailable, "1", fmt.Sprintf("%d requests are being answered, try again", maxHandlers))
	}
}

// tooBusy refuses a request that may come again after so many seconds, and closes its connection.
func tooBusy(w http.ResponseWriter, status int, after, text string) {
	w.Header().Set("Retry-After", after)
	w.Header().Set("Connection", "close")
	http.Error(w, text, status)
}

// addressed reports whether a request names this host. On loopback a foreign name that resolves to this machine would let that
// name's pages in: DNS rebinding. Beyond loopback any name may be right: such a page can watch and change nothing.
func (s *Server) addressed(host string) bool {
	if s.o.Beyond {
		return host != ""
	}
	return loopback(host)
}

// loopback reports whether the Host of a request, with or without a port, is loopback by name or address.
func loopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	ip, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && ip.IsLoopback()
}

// sameOrigin tells whether a request is from a page of this server, or from no page.
func sameOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	u, err := url.Parse(origins[0])
	return len(origins) == 1 && err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// permits compares a token in a time that does not tell how much of it is right.
func (s *Server) permits(token string) bool {
	return s.o.Token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(s.o.Token)) == 1
}

// Follow tells that the run has another record, and maybe another configuration: clients go on with it, after all steps of the
// one before. It comes before the first step of the new one, and is not called twice at a time.
func (s *Server) Follow() {
	record := s.run.Record()
	s.mu.Lock()
	s.part = part{record, s.part.number + 1}
	next, clients := s.part, slices.Collect(maps.Keys(s.clients))
	s.mu.Unlock() // before client.mu; a client that comes meanwhile begins with the new part
	for _, c := range clients {
		c.follow(next)
	}
	s.greet()
}

// greet tells everybody what runs, as it is now.
func (s *Server) greet() {
	for _, c := range s.renew() {
		c.greet()
	}
}

// renew keeps what a hello says now, and returns the clients to send it to.
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
		s.hellos[i], _ = json.Marshal(h) // all its numbers are some
	}
	return slices.Collect(maps.Keys(s.clients))
}

// now is what everybody was told of the run.
func (s *Server) now() Hello {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hello
}

// watch looks at the run and gives each client what there is, one after the other, until ctx ends.
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
		record.Look(func(int64, int64, []trace.Cell) {}) // a tap does not keep them for long
		for _, c := range clients {                      // in an order by chance, so that it is not always the same ones who wait
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

// report is the status with its text for clients that miss nothing.
type report struct {
	status *Status
	text   []byte
}

// look is the status now; nil where a number of it is none.
func (s *Server) look() *report {
	st := s.run.Status()
	s.hands.Lock()
	for i := range st.Inputs {
		st.Inputs[i].Swept = s.sweeps[st.Inputs[i].Name] != nil
	}
	s.hands.Unlock()
	st.Type, st.Clients = "status", s.count()
	text, err := json.Marshal(st)
	if err != nil {
		return nil
	}
	return &report{&st, text}
}

// count is how many clients there are.
func (s *Server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.places
}
