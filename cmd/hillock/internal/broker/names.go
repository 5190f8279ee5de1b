package broker

import (
	"context"
	"sync"
)

// names holds the admitted clients, one for each client ID.
type names struct {
	mu    sync.Mutex
	taken map[string]*connection
	count int // clients without an ID included
}

func (n *names) init() { n.taken = map[string]*connection{} }

// add takes the name of a client. A newer connection from the same address takes the place of the older one, after its end.
func (n *names) add(ctx context.Context, c *connection, clients int) Reason {
	for {
		n.mu.Lock()
		old := n.taken[c.id]
		switch {
		case c.id == "" || old == nil:
			defer n.mu.Unlock()
			if n.count >= clients {
				return TooManyClients
			}
			n.count++
			if c.id != "" {
				n.taken[c.id] = c
			}
			return ""
		case old.address != c.address && !(old.local && c.local):
			n.mu.Unlock()
			return NameInUse
		}
		n.mu.Unlock()
		old.replaced.Store(true)
		old.cut()
		select {
		case <-old.gone:
		case <-c.closed:
			return NoConnect
		case <-ctx.Done():
			return TooManyConnections
		}
	}
}

func (n *names) remove(c *connection) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count--
	if n.taken[c.id] == c {
		delete(n.taken, c.id)
	}
}

func (n *names) clients() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.count
}
