package board

import (
	"math"
	"path/filepath"
	"sync/atomic"
	"time"

	"hillock/config"
)

// Played is an input that needs no hand: a generated current, or a recorded one, in the model's time from its first tick.
type Played struct {
	part    InModelTime
	wave    config.Wave
	speed   float64
	begun   bool
	start   time.Duration
	current atomic.Uint64 // bits of the float64, nA
}

func newPlayed(part InModelTime, cfg *config.Config) (*Played, error) {
	w, err := part.Play(filepath.Dir(cfg.File))
	if err != nil {
		return nil, err
	}
	return &Played{part: part, wave: w, speed: cfg.Loop.Speed}, nil
}

// Range is the least and the most current that it gives, nA.
func (p *Played) Range() (low, high float64) {
	if r, ok := p.wave.(interface{ Range() (low, high float64) }); ok {
		return r.Range()
	}
	return p.part.Range()
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
	low, high := p.part.Range()
	if span := high - low; span > 0 {
		r.Position = min(max((r.Current-low)/span, 0), 1)
	}
	return r
}
