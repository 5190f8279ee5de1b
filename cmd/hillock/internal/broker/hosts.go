package broker

import (
	"net/netip"
	"sync"
)

// hosts counts the connections of each address.
type hosts struct {
	limits  limits
	clients int

	mu        sync.Mutex
	closed    bool
	all       map[*connection]struct{}
	each      map[netip.Addr]int // connections of an address beyond this machine
	newcomers int                // connections without an admitted client
	running   sync.WaitGroup
}

func (h *hosts) init(clients int, l limits) {
	h.limits, h.clients, h.all, h.each = l, clients, map[*connection]struct{}{}, map[netip.Addr]int{}
}

// add counts a new connection. It returns a reason to refuse it, or "".
func (h *hosts) add(c *connection) Reason {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed, h.newcomers >= h.limits.newcomers, len(h.all) >= h.clients+h.limits.newcomers:
		return TooManyConnections
	case !c.local && h.each[network(c.address)] >= h.limits.perAddress:
		return TooManyOfAddress
	}
	h.all[c] = struct{}{}
	h.newcomers++
	if !c.local {
		h.each[network(c.address)]++
	}
	h.running.Add(1)
	return ""
}

// admitted marks a connection as no newcomer.
func (h *hosts) admitted(c *connection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.admitted = true
	h.newcomers--
}

func (h *hosts) remove(c *connection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, c)
	if !c.admitted {
		h.newcomers--
	}
	if at := network(c.address); !c.local {
		if h.each[at]--; h.each[at] == 0 {
			delete(h.each, at)
		}
	}
	h.running.Done()
}

// close closes all connections, refuses new ones, and waits for the end of all.
func (h *hosts) close() {
	h.mu.Lock()
	h.closed = true
	for c := range h.all {
		c.Close()
	}
	h.mu.Unlock()
	h.running.Wait()
}

// network returns the address of a host: an IPv6 host has a whole /64 of addresses.
func network(a netip.Addr) netip.Addr {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
