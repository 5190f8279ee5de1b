package board

import (
	"fmt"
	"math"
	"path/filepath"
	"sync/atomic"
	"time"

	"hillock/config"
	"hillock/hw/wave"
)

// Played is an input that needs no hand: a generated current, or a recorded one, in the model's time from its first tick.
type Played struct {
	in      config.Input
	wave    wave.Wave
	speed   float64
	begun   bool
	start   time.Duration
	current atomic.Uint64 // bits of the float64, nA
}

// newPlayed makes the wave of an input, or reads its file, which is sought beside that of the configuration.
func newPlayed(in config.Input, cfg *config.Config) (Input, error) {
	p := &Played{in: in, speed: cfg.Loop.Speed}
	var err error
	if in.Driver == "file" {
		p.wave, err = recorded(in, cfg.File)
	} else {
		p.wave, err = generated(in.Wave)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Range is the least and the most current that it gives, nA.
func (p *Played) Range() (low, high float64) {
	if r, ok := p.wave.(*wave.Recorded); ok {
		return r.Range()
	}
	return p.in.Low, p.in.High
}

func recorded(in config.Input, beside string) (wave.Wave, error) {
	name := in.Recorded
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(beside), name)
	}
	r, err := wave.Load(name)
	if err == nil && in.Repeat {
		r, err = r.Repeated()
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func generated(w config.Wave) (wave.Wave, error) {
	switch w.Shape {
	case "constant":
		return made(wave.New(wave.Constant(w.Mean)))
	case "step":
		return made(wave.New(wave.Step{Before: w.From, After: w.To, At: w.At}))
	case "ramp":
		return made(wave.New(wave.Ramp{From: w.From, To: w.To, At: w.At, Over: w.Over}))
	case "sine":
		return made(wave.New(wave.Sine{Mean: w.Mean, Amplitude: w.Amplitude, Frequency: w.Frequency}))
	case "chirp":
		return made(wave.New(wave.Chirp{Mean: w.Mean, Amplitude: w.Amplitude, From: w.Frequency, To: w.SweepTo, Over: w.Over}))
	case "pairs":
		return made(wave.New(wave.Pairs{Low: w.From, High: w.To, At: w.At, Width: w.Width, Apart: w.Apart, Every: w.Every}))
	case "noise":
		return made(wave.NewNoise(w.Mean, w.SD, w.Tau, w.Seed))
	}
	return nil, fmt.Errorf("no such shape: %q", w.Shape)
}

// made is what New has made, as an interface that is nil where it failed.
func made[W wave.Wave](w W, err error) (wave.Wave, error) {
	if err != nil {
		return nil, err
	}
	return w, nil
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
