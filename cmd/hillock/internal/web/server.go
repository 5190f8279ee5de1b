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
//	pipe.mu, then hosts.mu                only calls of the connection and its rate limits under them
//	trace.Record's, guesses.mu            last
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
	Clients int // the maximum number of clients
	// PerAddress is the maximum number of clients of one IP address; 0: Clients. A client with the token does not count.
	PerAddress int
	Token      string // for changes; "": changes need no token
	Beyond     bool   // the server listens beyond loopback: any name of the host may be right

	// WrongTokens receives the number of wrong tokens since its last call, and the address of the latest. It is called at most
	// once in guessTime, and may block its caller.
	WrongTokens func(n int, from string)
}

// Server serves one run.
type Server struct {
	run   Run
	o     Options
	pages map[string]http.Handler
	since string

	telling sync.Mutex // keeps hellos in order; the order of all locks is in the package comment

	mu      sync.Mutex
	clients map[*client]struct{}
	places  int // taken by clients
	hello   Hello
	hellos  [2][]byte // without and with permission for changes
	part    part      // the running one

	guesses guesses

	hosts    *hosts
	handlers chan struct{} // one element for each request under way, up to its capacity

	hands  sync.Mutex // held for each turn of a knob
	sweeps map[string]*sweep

	ctx    context.Context
	cancel context.CancelFunc
	joined sync.WaitGroup
	broke  atomic.Pointer[error] // the first panic
}

// Time limits of clients, and periods of messages.
const (
	headerTime   = 5 * time.Second
	requestTime  = 30 * time.Second
	idleTime     = 15 * time.Second // more than the 10 s between a page's attempts to connect
	writeTime    = 5 * time.Second  // for queued bytes: then the client is dropped
	pingTime     = 10 * time.Second
	handlerTime  = time.Second // in the queue for a handler
	guessTime    = time.Second // from a wrong token to the next attempt
	statusTime   = time.Second / 4
	frameTime    = time.Second / 30
	farewellTime = 100 * time.Millisecond

	maxHeader   = 8 << 10
	maxMessage  = 4 << 10
	maxHandlers = 8        // requests under way, apart from WebSockets
	outgoing    = 64 << 10 // bytes of the system's send buffer of a client
)

// New returns a server for a run.
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

// Serve serves until ctx ends or the listener fails. Then it closes the listener and all clients. It may be called once.
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

// spawn runs f in a goroutine, and Serve waits for its end. A panic in f ends the server; the neuron keeps running.
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
	// No inline scripts or styles, no other origin, no frames.
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
		tooBusy(w, http.StatusTooManyRequests, "1", "too many requests from this address")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "use GET or HEAD", http.StatusMethodNotAllowed)
	case !s.addressed(r.Host):
		http.Error(w, "wrong host: use localhost or a loopback address", http.StatusMisdirectedRequest)
	case page == nil:
		http.Error(w, "no such page", http.StatusNotFound)
	case r.URL.Path == "/ws": // without a time limit
		page.ServeHTTP(w, r)
	default:
		s.answer(page, w, r)
	}
}

// answer waits for a free handler and serves the page.
func (s *Server) answer(page http.Handler, w http.ResponseWriter, r *http.Request) {
	patience := time.NewTimer(handlerTime)
	defer patience.Stop()
	select {
	case s.handlers <- struct{}{}:
		defer func() { <-s.handlers }()
		page.ServeHTTP(w, r)
	case <-patience.C:
		tooBusy(w, http.StatusServiceUnavailable, "1", fmt.Sprintf("%d requests under way: try again", maxHandlers))
	}
}

// tooBusy refuses a request and closes its connection. after is the delay for another attempt, in seconds.
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

// sameOrigin reports whether a request comes from a page of this server or from no page at all.
func sameOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	u, err := url.Parse(origins[0])
	return len(origins) == 1 && err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// permits reports whether a token is right, in constant time.
func (s *Server) permits(token string) bool {
	return s.o.Token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(s.o.Token)) == 1
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
	st.Type, st.Clients = "status", s.count()
	text, err := json.Marshal(st)
	if err != nil {
		return nil
	}
	return &report{&st, text}
}

// count returns the number of clients.
func (s *Server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.places
}
