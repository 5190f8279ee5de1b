package board

import (
	"math"
	"path/filepath"
	"sync/atomic"
	"time"

	"hillock/config"
)

// Played is an input without a knob: a generated or recorded current, in model time from its first tick.
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

// Range returns the smallest and the largest current, in nA.
func (p *Played) Range() (low, high float64) {
	if r, ok := p.wave.(interface{ Range() (low, high float64) }); ok {
		return r.Range()
	}
	return p.part.Range()
}

// Current returns the current in nA for the tick due at now.
func (p *Played) Current(now time.Duration) float64 {
	if !p.begun {
		p.begun, p.start = true, now
	}
	current := p.wave.Current(time.Duration(math.Round(float64(now-p.start) * p.speed)))
	p.current.Store(math.Float64bits(current))
	return current
}

// Reading returns the present current. Its position lies between the lowest and the highest current, from 0 to 1.
func (p *Played) Reading() Reading {
	r := Reading{Current: math.Float64frombits(p.current.Load()), Raw: -1}
	low, high := p.part.Range()
	if span := high - low; span > 0 {
		r.Position = min(max((r.Current-low)/span, 0), 1)
	}
	return r
}
