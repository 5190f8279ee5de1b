package modeltime

import (
	"fmt"
	"math"
	"math/bits"
	"path/filepath"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/neuron"
	"hillock/neuron/wave"
)

// Inputs returns the inputs of a configuration by name, for a loop with a tick of one step that begins at 0. Knobs rest at the first
// position of the virtual Pi. Generated and recorded currents change with the ticks of the configuration, as in a run.
func Inputs(cfg *config.Config) (map[string]neuron.Input, error) {
	all := map[string]neuron.Input{}
	for _, in := range cfg.Inputs {
		switch part := in.Part.(type) {
		case board.InModelTime:
			w, err := part.Play(filepath.Dir(cfg.File))
			if err != nil {
				return nil, fmt.Errorf("input %s: %w", in.Name, err)
			}
			all[in.Name] = newPlayed(w, cfg.Loop)
			if constant, ok := constantOf(w); ok {
				all[in.Name] = constant
			}
		case board.Turned:
			low, high := part.Range()
			all[in.Name] = Constant(low + float64((high-low)*board.RestingKnob))
		}
	}
	return all, nil
}

// constantOf returns the current of an input that never changes, or false.
func constantOf(in neuron.Input) (c Constant, ok bool) {
	switch in := in.(type) {
	case Constant:
		return in, true
	case wave.Constant:
		return Constant(in), true
	case interface{ Constant() (wave.Constant, bool) }: // recorded
		nA, ok := in.Constant()
		return Constant(nA), ok
	}
	return 0, false
}

// played is a current in model time that changes with the ticks of a run.
type played struct {
	wave config.Wave
	loop config.Loop

	whole, rest, den uint64 // steps per tick: whole steps, and a remainder over den

	ticks   uint64 // begun
	steps   uint64 // of these ticks
	current float64
}

func newPlayed(w config.Wave, l config.Loop) *played {
	p := &played{wave: w, loop: l, den: uint64(l.DT) * 1e9}
	hi, lo := bits.Mul64(uint64(l.Tick), uint64(math.Round(l.Speed*1e9)))
	p.whole, p.rest = bits.Div64(hi, lo, p.den) // the configuration bounds the steps per tick
	return p
}

// Current returns the current in nA of the step that ends at now. It takes the ticks in their order: noise has a history.
func (p *played) Current(now time.Duration) float64 {
	for step := uint64(now / p.loop.DT); p.steps < step; {
		p.current = p.wave.Current(time.Duration(math.Round(float64(time.Duration(p.ticks)*p.loop.Tick) * p.loop.Speed)))
		p.ticks++
		hi, lo := bits.Mul64(p.ticks, p.rest)
		parts, _ := bits.Div64(hi, lo, p.den)
		p.steps = p.ticks*p.whole + parts
	}
	return p.current
}
