package class

import (
	"math/rand/v2"
	"time"
)

const (
	firstWait = 500 * time.Millisecond
	longest   = 30 * time.Second
	steady    = 2 * time.Second // a connection of this length counts: the waits begin anew
)

// Backoff is the waits between attempts to connect: 0.5 s, doubled up to 30 s. A random part keeps thirty boards apart after a power cut.
type Backoff struct{ next time.Duration }

// Wait returns the next wait, and doubles the one after it. The random part is from -20 % to +20 %.
func (b *Backoff) Wait() time.Duration {
	b.next = min(max(b.next, firstWait), longest)
	wait := time.Duration(float64(b.next) * (0.8 + 0.4*rand.Float64()))
	b.next *= 2
	return min(wait, longest)
}

// Lasted takes the length of a connection. After a steady one the shortest wait is next.
func (b *Backoff) Lasted(connection time.Duration) {
	if connection >= steady {
		b.next = 0
	}
}

// refuse makes the next wait the longest: a wrong join code stays wrong.
func (b *Backoff) refuse() { b.next = longest }
