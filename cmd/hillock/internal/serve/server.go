// Package serve serves pages and WebSockets to browsers, within limits of connections, requests and messages. Neither the program
// nor any viewer waits for another viewer.
//
// Every viewer may watch. With a token on the server, changes need that token.
//
// Locks are taken in this order. A later lock may be taken without the earlier ones:
//
//	Server.mu             never held during a call of another package or of a connection
//	pipe.mu, then hosts.mu
//	guesses.mu            last
package serve

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options of a Server.
type Options struct {
	Clients int // the maximum number of viewers
	// PerAddress is the maximum number of viewers of one IP address; 0: Clients. A viewer with the token does not count.
	PerAddress int
	Token      string // for changes; "": changes need no token
	Beyond     bool   // the server listens beyond loopback: any name of the host may be right
	Protocol   string // subprotocol of the WebSocket: the server refuses a page of another version
	Farewell   string // reason of the close frames at the end

	// WrongTokens receives the number of wrong tokens since its last call, and the address of the latest. It is called at most
	// once in GuessTime, and may block its caller.
	WrongTokens func(n int, from string)
}

// Server serves the pages of Handle.
type Server struct {
	o     Options
	pages map[string]http.Handler
	view  func(*Conn)

	mu     sync.Mutex
	places int // taken by viewers

	guesses  guesses
	hosts    *hosts
	handlers chan struct{} // one element for each request under way, up to its capacity

	ctx    context.Context
	cancel context.CancelFunc
	joined sync.WaitGroup
	broke  atomic.Pointer[error] // the first panic
}

// Limits of viewers in time and number.
const (
	HeaderTime   = 5 * time.Second
	requestTime  = 30 * time.Second
	idleTime     = 15 * time.Second // more than the 10 s between a page's attempts to connect
	writeTime    = 5 * time.Second  // for queued bytes: then the viewer is dropped
	PingTime     = 10 * time.Second
	HandlerTime  = time.Second // in the queue for a handler
	GuessTime    = time.Second // from a wrong token to the next attempt
	FarewellTime = 100 * time.Millisecond

	MaxHeader   = 8 << 10
	MaxMessage  = 4 << 10
	MaxHandlers = 8        // requests under way, apart from WebSockets
	outgoing    = 64 << 10 // bytes of the system's send buffer of a viewer
)

// New returns a server without pages.
func New(o Options) *Server {
	if o.PerAddress == 0 {
		o.PerAddress = o.Clients
	}
	s := &Server{o: o, hosts: newHosts(o), handlers: make(chan struct{}, MaxHandlers), pages: map[string]http.Handler{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Handle sets the handlers of all paths. view serves a viewer at /ws: see Conn.Serve. Call it before Serve.
func (s *Server) Handle(pages map[string]http.Handler, view func(*Conn)) {
	s.pages, s.view = pages, view
	s.pages["/ws"] = http.HandlerFunc(s.socket)
}

// Serve serves until ctx ends or the listener fails. Then it closes the listener and all connections. It may be called once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: s, ReadHeaderTimeout: HeaderTime, ReadTimeout: requestTime, WriteTimeout: requestTime, IdleTimeout: idleTime,
		MaxHeaderBytes: MaxHeader, ErrorLog: log.New(io.Discard, "", 0),
		ConnContext: withPipe,
	}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
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

// Context ends with the server.
func (s *Server) Context() context.Context { return s.ctx }

// Spawn runs f in a goroutine, and Serve waits for its end. A panic in f ends the server alone.
func (s *Server) Spawn(f func(context.Context)) {
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
	patience := time.NewTimer(HandlerTime)
	defer patience.Stop()
	select {
	case s.handlers <- struct{}{}:
		defer func() { <-s.handlers }()
		page.ServeHTTP(w, r)
	case <-patience.C:
		tooBusy(w, http.StatusServiceUnavailable, "1", fmt.Sprintf("%d requests under way: try again", MaxHandlers))
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

// Count returns the number of viewers.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.places
}
