package board

import (
	"math"
	"sync/atomic"
	"time"

	"hillock/config"
)

// Played is an input that needs no hand: a generated current, or a recorded one, in the model's time from its first tick.
type Played struct {
	in      config.Input
	wave    interface{ Current(time.Duration) float64 } // nA
	speed   float64
	begun   bool
	start   time.Duration
	current atomic.Uint64 // bits of the float64, nA
}

// newPlayed makes the current of an input.
func newPlayed(in config.Input, cfg *config.Config) (Input, error) {
	w, err := cfg.Played(in)
	if err != nil {
		return nil, err
	}
	return &Played{in: in, wave: w, speed: cfg.Loop.Speed}, nil
}

// Range is the least and the most current that it gives, nA.
func (p *Played) Range() (low, high float64) {
	if r, ok := p.wave.(interface{ Range() (low, high float64) }); ok { // a recorded current
		return r.Range()
	}
	return p.in.Low, p.in.High
}

// Current is the current in nA for the tick that was due at now.
func (p *Played) Current(now time.Duration) float64 {
	if !p.begun {
		p.begun, p.start = true, now
	}
	current := p.wave.Current(time.Duration(math.Round(float64(now-p.start) * p.speed)))
	p.current.Store(math.Float64bits(current))
	return current
}

// Reading is what it gives now; its position is where that lies between its lowest and highest current.
func (p *Played) Reading() Reading {
	r := Reading{Current: math.Float64frombits(p.current.Load()), Raw: -1}
	if span := p.in.High - p.in.Low; span > 0 {
		r.Position = min(max((r.Current-p.in.Low)/span, 0), 1)
	}
	return r
}
