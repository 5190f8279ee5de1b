package web

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What the server takes in all, and from one address. Options.Clients and Options.PerAddress count WebSockets; the connections
// beside these are for pages and /metrics.
const (
	acceptsEach      = 300 // connections a second that the server looks at, in all: to refuse one takes time too
	acceptsAtOnce    = 600
	otherConnections = 64 // in all
	otherPerAddress  = 8  // a browser opens six
	callsEach        = 5  // new connections and requests a second, for each WebSocket that an address may have
	callsAtOnce      = 40 // the same at once: a page has 25 files
	floodPrice       = 40 // calls that a flood on a WebSocket costs its address
	maxHosts         = 1024
)

// hosts counts what each address has of the server.
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

// connect takes a connection from an address, nil where there are too many or they come too fast.
func (h *hosts) connect(from net.Addr) *host {
	at, _ := netip.ParseAddrPort(from.String()) // a connection without an address counts as from one
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.host(at.Addr().Unmap())
	if h.connections >= h.o.Clients+otherConnections || one.connections >= h.o.PerAddress+otherPerAddress || !one.calls.Allow() {
		return nil
	}
	h.connections++
	one.connections++
	return one
}

// host is that of an address. An address without connections is forgotten as others need its room, the more so when it has not
// called for a while.
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
	one := &host{calls: rate.NewLimiter(rate.Limit(callsEach*h.o.PerAddress), callsAtOnce*h.o.PerAddress)}
	h.all[at] = one
	return one
}

// charge takes so many calls from an address, also those that it has yet to get.
func (one *host) charge(calls int) { one.calls.ReserveN(time.Now(), calls) }

// disconnect gives a connection back.
func (h *hosts) disconnect(one *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connections--
	one.connections--
}

// socket takes a WebSocket of an address, false where it has as many as it may. A client with the token may always.
func (h *hosts) socket(one *host, token bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !token && one.sockets >= h.o.PerAddress {
		return false
	}
	one.sockets++
	return true
}

// endSocket gives a WebSocket back.
func (h *hosts) endSocket(one *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one.sockets--
}
