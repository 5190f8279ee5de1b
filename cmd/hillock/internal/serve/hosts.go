package serve

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits of the server and of one address. Options.Clients and Options.PerAddress limit WebSockets; the other connections are for
// pages and /metrics.
const (
	acceptsEach      = 300 // connections accepted per second: refusing one takes time too
	acceptsAtOnce    = 600
	OtherConnections = 64 // of all addresses
	OtherPerAddress  = 8  // a browser opens six
	callsEach        = 5  // new connections and requests per second, for each permitted WebSocket of an address
	CallsAtOnce      = 40 // the same at once: a page has 25 files
	floodPrice       = 40 // calls charged to an address for a flood on a WebSocket
	maxHosts         = 1024
)

// hosts counts the connections of each address.
type hosts struct {
	o           Options
	mu          sync.Mutex // no other lock is taken under it
	connections int
	all         map[netip.Addr]*host
}

// host is an address with its connections.
type host struct {
	connections, sockets int
	calls                *rate.Limiter
}

func newHosts(o Options) *hosts { return &hosts{o: o, all: map[netip.Addr]*host{}} }

// connect counts a connection from an address. It returns nil beyond a limit of number or rate.
func (h *hosts) connect(from net.Addr) *host {
	at, _ := netip.ParseAddrPort(from.String()) // connections without an address share the zero address
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.host(at.Addr().Unmap())
	if h.connections >= h.o.Clients+OtherConnections || one.connections >= h.o.PerAddress+OtherPerAddress || !one.calls.Allow() {
		return nil
	}
	h.connections++
	one.connections++
	return one
}

// host returns the host of an address. Of more than maxHosts the ones without connections are dropped, beginning with those
// without recent calls.
func (h *hosts) host(at netip.Addr) *host {
	if one := h.all[at]; one != nil {
		return one
	}
	for _, rested := range []bool{true, false} {
		if len(h.all) < maxHosts {
			break
		}
		for a, old := range h.all {
			if old.connections == 0 && (!rested || old.calls.Tokens() >= float64(old.calls.Burst())) {
				delete(h.all, a)
			}
		}
	}
	one := &host{calls: rate.NewLimiter(rate.Limit(callsEach*h.o.PerAddress), CallsAtOnce*h.o.PerAddress)}
	h.all[at] = one
	return one
}

// charge takes calls from an address, future ones included.
func (one *host) charge(calls int) { one.calls.ReserveN(time.Now(), calls) }

// disconnect ends a connection.
func (h *hosts) disconnect(one *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connections--
	one.connections--
}

// socket counts a WebSocket of an address. It returns false at the address's maximum. A client with the token has no maximum.
func (h *hosts) socket(one *host, token bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !token && one.sockets >= h.o.PerAddress {
		return false
	}
	one.sockets++
	return true
}

// endSocket ends a WebSocket.
func (h *hosts) endSocket(one *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one.sockets--
}
