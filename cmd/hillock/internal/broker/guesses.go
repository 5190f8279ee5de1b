package broker

import (
	"net/netip"
	"sync"
	"time"
)

// Wrong join codes of one address: after freeGuesses of them each further one doubles the pause, from a second to maxPause.
const (
	freeGuesses = 5
	maxPause    = 5 * time.Minute
	forget      = 10 * time.Minute // after the last wrong code
	maxGuessers = 4096
)

// guesses counts the wrong join codes of each address.
type guesses struct {
	mu  sync.Mutex
	all map[netip.Addr]guesser
}

type guesser struct {
	wrong  int
	latest time.Time
}

// pause returns the length of the pause after the latest wrong code.
func (g guesser) pause() time.Duration {
	if g.wrong < freeGuesses {
		return 0
	}
	return min(time.Second<<min(g.wrong-freeGuesses, 10), maxPause)
}

func (g *guesses) init() { g.all = map[netip.Addr]guesser{} }

// paused reports whether an address must wait. During the pause even a right code is refused, and so no code is tried.
func (g *guesses) paused(from netip.Addr, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	one, ok := g.all[network(from)]
	return ok && now.Sub(one.latest) < one.pause()
}

// wrong counts a wrong code.
func (g *guesses) wrong(from netip.Addr, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	one, ok := g.all[network(from)]
	if ok && now.Sub(one.latest) > forget {
		one = guesser{}
	}
	if !ok && len(g.all) >= maxGuessers {
		g.dropOldest()
	}
	g.all[network(from)] = guesser{one.wrong + 1, now}
}

func (g *guesses) dropOldest() {
	var oldest netip.Addr
	for at, one := range g.all {
		if !oldest.IsValid() || one.latest.Before(g.all[oldest].latest) {
			oldest = at
		}
	}
	delete(g.all, oldest)
}
